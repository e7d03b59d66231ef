/* The same fake as under the bearer's tests. */
#include "tests/unit/att/fake.c"
