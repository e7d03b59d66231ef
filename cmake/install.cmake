# What `cmake --install` puts down: headers, the two libraries, find_package(glint) and pkg-config.
#
# A static library is shipped as one relocatable object whose internal names (hidden visibility) are made local,
# so that a program may link another stack with an hci_send() of its own. -r with --unique keeps the sections of
# functions and data apart, same-named ones too, so --gc-sections in the user's link takes out what is not called.
# glint-ll repeats the shared folders (base, trace …); its public names are weak, so both libraries fit in one program.

include(CMakePackageConfigHelpers)

if(NOT GLINT_SANITIZE AND NOT APPLE)
	foreach(library IN ITEMS glint glint-ll)
		if(library STREQUAL "glint-ll")
			set(weaken --weaken)
		else()
			set(weaken)
		endif()
		set(one ${CMAKE_CURRENT_BINARY_DIR}/${library}-one.o)
		add_custom_command(TARGET ${library} POST_BUILD
			COMMAND ${CMAKE_LINKER} -r --unique=.text* --unique=.rodata* --unique=.data* --unique=.bss*
				-o ${one} --whole-archive $<TARGET_FILE:${library}>
			COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${weaken} ${one}
			COMMAND ${CMAKE_COMMAND} -E rm -f $<TARGET_FILE:${library}>
			COMMAND ${CMAKE_AR} rcs $<TARGET_FILE:${library}> ${one}
			VERBATIM)
	endforeach()
endif()

if(NOT GLINT_TOP)
	return()
endif()

install(TARGETS glint glint-ll EXPORT glint ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ble DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
	FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/glint)
install(EXPORT glint NAMESPACE glint:: FILE glint-targets.cmake DESTINATION ${config_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/glint-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/glint-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/glint-config-version.cmake
	DESTINATION ${config_dir})

if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
	set(pc_libdir ${CMAKE_INSTALL_LIBDIR})
	set(pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
else()
	set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
	set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
foreach(name IN ITEMS glint glint-ll)
	set(pc_name ${name})
	configure_file(${PROJECT_SOURCE_DIR}/cmake/glint.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc @ONLY)
	install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
