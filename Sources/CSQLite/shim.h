// What Swift cannot import from sqlite3.h: a function-like macro, a variadic function, and constants
// that are computed.
#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>

static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }

static inline int csqlite_config(int option, int value) { return sqlite3_config(option, value); }

static inline int csqlite_db_config(sqlite3 *db, int option, int value) {
  return sqlite3_db_config(db, option, value, (int *)0);
}

// What such an option is set to.
static inline int csqlite_db_config_value(sqlite3 *db, int option) {
  int value = -1;
  sqlite3_db_config(db, option, -1, &value);
  return value;
}

// The system's errno behind the last error. A failed COMMIT leaves it only at the file that failed:
// the database, or its journal or log.
static inline int csqlite_system_errno(sqlite3 *db) {
  sqlite3_file *log = 0;
  int code = sqlite3_system_errno(db);
  if (code == 0) sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &code);
  if (code == 0) sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (log && log->pMethods) log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &code);
  return code;
}

static const int csqlite_ioerr_write = SQLITE_IOERR_WRITE;
static const int csqlite_ioerr_shmsize = SQLITE_IOERR_SHMSIZE;

#endif
