/* Asking a central for the connection parameters that the program prefers; see prefer.c. */
#ifndef GLINT_MODULE_PREFER_H
#define GLINT_MODULE_PREFER_H

#include "module/module.h"

extern const struct module_family module_prefer_family;

#endif
