#ifndef C_FILE_SYSTEM_H
#define C_FILE_SYSTEM_H

/* glibc hides this declaration behind _GNU_SOURCE, which Swift's Glibc module does not define. */
int renameat2(int oldFolder, const char *oldPath, int newFolder, const char *newPath,
              unsigned int flags);

/* Fail with EEXIST rather than replace the target. */
static const unsigned int moruRenameNoReplace = 1u << 0;
/* Exchange the two paths in one step. */
static const unsigned int moruRenameExchange = 1u << 1;

#endif
