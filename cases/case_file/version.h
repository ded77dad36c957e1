/* Which program this is. */
#ifndef TRABECULA_CASES_CASE_FILE_VERSION_H
#define TRABECULA_CASES_CASE_FILE_VERSION_H

/* "0.1.0+1a2b3c4d": the release, and 32 bits of the SHA-256 of all its sources. What another program has computed is
   known by it. */
extern const char trabecula_version[];

#endif
