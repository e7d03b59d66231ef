set(GLINT_CPU cortex-m0plus)
include(${CMAKE_CURRENT_LIST_DIR}/cortex-m.cmake)
