/*
 * A store in a file that survives the end of its process at any moment, `kill -9` and loss of power included.
 *
 * All entries are in memory; the file is a log of units, each written and synced at once, before its call answers. After a crash the store has every unit
 * that was committed and nothing of one that was not. The log is written anew, shorter, when it has doubled. One process at a time has the file open.
 */
#ifndef CU_FILE_STORE_H
#define CU_FILE_STORE_H

#include "cu_host.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Opens the store in this file, which is made if there is none; `path`.lock and `path`.new are beside it. CU_BUSY: another process has it open.
 * CU_STORE_ERROR: it cannot be opened or read, has several names, is no such file, or is damaged in front of its last unit; then nothing is changed.
 * `error` may be NULL. A process made by fork may close it, and is refused everything that writes: open it after the fork.
 * A commit that cannot write answers CU_FILE_ERRNO - errno, and has changed nothing. If the file cannot be brought to what it was, or to the disk, or was
 * deleted, all further units are refused. */
cu_status cu_file_store_open(const char *path, cu_store **store, cu_error *error);

enum { CU_FILE_ERRNO = -1000 };

/* Writes the log anew now. 0, or CU_FILE_ERRNO - errno; the old one is there then. Between calls only. */
int32_t cu_file_store_compact(cu_store *store);

#ifdef __cplusplus
}
#endif

#endif
