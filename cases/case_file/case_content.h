/* What the answers of a case depend on. */
#ifndef TRABECULA_CASES_CASE_FILE_CASE_CONTENT_H
#define TRABECULA_CASES_CASE_FILE_CASE_CONTENT_H

#include "cases/case_file/case.h"
#include "materials/content.h"

/* Collective; the same on every rank and number of ranks. Version of the program, the case as understood (defaults
   included) and the bytes of the files that it names: materials, images. What changes no answer is left out: title,
   expect, cache, solver.checkpoint_s. Two cases of one content give the same quantities. */
PetscErrorCode case_content(const Case *c, Content *content);

#endif
