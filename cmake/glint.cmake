# What all targets share (flags, include paths) and the functions that the other lists are written with.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES AND GLINT_TOP)
	set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
if(GLINT_TOP)
	set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
	find_program(GLINT_CCACHE ccache)
	if(GLINT_CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
		set(CMAKE_C_COMPILER_LAUNCHER ${GLINT_CCACHE})
	endif()
endif()

set(GLINT_BIN ${CMAKE_CURRENT_BINARY_DIR}/bin)

add_library(glint_flags INTERFACE)
target_compile_features(glint_flags INTERFACE c_std_11)
target_compile_options(glint_flags INTERFACE
	-Wall -Wextra -Wconversion -Wshadow -Wswitch-enum
	-ffunction-sections -fdata-sections -fvisibility=hidden
	$<$<BOOL:${GLINT_WERROR}>:-Werror>)
if(GLINT_SANITIZE)
	set(san -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_compile_options(glint_flags INTERFACE ${san})
	target_link_options(glint_flags INTERFACE ${san})
endif()
if(GLINT_HOSTED AND NOT APPLE)
	target_link_options(glint_flags INTERFACE -Wl,--gc-sections)
endif()

# Strict C11. What runs on an operating system is given POSIX 2008 (glint_posix); a file that needs more says so.
function(glint_settings target)
	set_target_properties(${target} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
	target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:glint_flags>)
	target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include ${ARGN})
endfunction()

function(glint_posix target)
	target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L)
endfunction()

# glint_folder(<name> <path below the root> [POSIX] [DEPENDS folder...])
# One static library glint_<name> from <path>/*.c; a folder without sources yet is skipped. POSIX: it runs on an
# operating system, and has the top of the tree in its include path. DEPENDS are names of other folders, declared before; absent ones are passed over.
function(glint_folder name path)
	cmake_parse_arguments(arg "POSIX" "" "DEPENDS" ${ARGN})
	file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${path}/*.c)
	if(NOT sources)
		return()
	endif()
	add_library(glint_${name} STATIC ${sources})
	glint_settings(glint_${name} ${PROJECT_SOURCE_DIR}/src)
	if(arg_POSIX)
		glint_posix(glint_${name})
		target_include_directories(glint_${name} PRIVATE ${PROJECT_SOURCE_DIR})
	endif()
	glint_link(glint_${name} PUBLIC ${arg_DEPENDS})
endfunction()

# Links the folders that exist.
function(glint_link target scope)
	foreach(folder IN LISTS ARGN)
		if(TARGET glint_${folder})
			target_link_libraries(${target} ${scope} glint_${folder})
		endif()
	endforeach()
endfunction()

# Sets <out> to the object files of the folders that exist.
function(glint_objects out)
	set(objects)
	foreach(folder IN LISTS ARGN)
		if(TARGET glint_${folder})
			list(APPEND objects $<TARGET_OBJECTS:glint_${folder}>)
		endif()
	endforeach()
	set(${out} ${objects} PARENT_SCOPE)
endfunction()

# glint_archive(<target> FOLDERS folder...): one archive with the objects of many folders.
function(glint_archive target)
	cmake_parse_arguments(arg "" "" "FOLDERS" ${ARGN})
	glint_objects(objects ${arg_FOLDERS})
	# CMake wants a source of its own to know the language.
	set(stub ${CMAKE_CURRENT_BINARY_DIR}/${target}.c)
	if(NOT EXISTS ${stub})
		file(WRITE ${stub} "typedef int nothing_here;\n")
	endif()
	add_library(${target} STATIC ${stub} ${objects})
	set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
	target_include_directories(${target} INTERFACE
		$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
	if(GLINT_HOSTED)
		find_package(Threads)
		target_link_libraries(${target} INTERFACE $<$<BOOL:${Threads_FOUND}>:Threads::Threads>)
		target_link_libraries(${target} INTERFACE ${GLINT_CRYPTO_LIB} ${CMAKE_DL_LIBS}) # the latter for usb:
	endif()
endfunction()

# glint_program(<target> <output name> SOURCES … LIBS … [INCLUDES …]): a program in bin/.
function(glint_program target output)
	cmake_parse_arguments(arg "" "" "SOURCES;LIBS;INCLUDES" ${ARGN})
	add_executable(${target} ${arg_SOURCES})
	glint_settings(${target} ${arg_INCLUDES})
	target_link_libraries(${target} PRIVATE ${arg_LIBS})
	set_target_properties(${target} PROPERTIES OUTPUT_NAME ${output} RUNTIME_OUTPUT_DIRECTORY ${GLINT_BIN})
endfunction()

# glint_unit(<name> SOURCES … [LIBS …] [LABELS …]): one cmocka program, known to ctest as <name>. It runs in the
# top of the tree (golden data is tests/golden/…), with the programs' folder in GLINT_BIN.
function(glint_unit name)
	cmake_parse_arguments(arg "" "" "SOURCES;LIBS;LABELS" ${ARGN})
	add_executable(${name} ${arg_SOURCES})
	glint_settings(${name} ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
	glint_posix(${name})
	target_link_libraries(${name} PRIVATE ${arg_LIBS} cmocka)
	add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
	set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 60 ENVIRONMENT "GLINT_BIN=${GLINT_BIN}")
endfunction()
