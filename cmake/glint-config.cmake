# find_package(glint): glint::glint (module and host), glint::ll (link layer and simulated air).
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/glint-targets.cmake)
