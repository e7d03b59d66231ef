# Bare-metal Arm with newlib; GLINT_CPU is set by the file that includes this one.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_INIT "-mcpu=${GLINT_CPU} -mthumb -fno-common")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
