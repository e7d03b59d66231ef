/*
 * Assigned numbers that advertising carries besides AD types (ad.h): appearances and companies.
 */
#ifndef GLINT_SPEC_GAP_CODES_H
#define GLINT_SPEC_GAP_CODES_H

enum appearance {
#define X(name, num, text) APPEARANCE_##name = num,
#include "spec/appearances.def"
#undef X
};

enum company {
#define X(name, num, text) COMPANY_##name = num,
#include "spec/companies.def"
#undef X
};

#endif
