#include "floor.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// As FORMAT.md describes the file. The names of columns stand in the order of the tables.

enum { digest_bytes = 32, events_per_snapshot = 100, commits_per_node = 256, most_levels = 40 };

typedef struct {
  char id[24];
  int64_t stream_key;
  int64_t balance;
  int64_t limit_minor;
  int64_t version;
  int64_t last_position;
  int64_t latest_us;
  int64_t opened_us;
  int64_t snapshot_version;
  int is_touched;
} account;

typedef struct {
  uint8_t bytes[1024];
  size_t count;
} fields;

typedef struct {
  sqlite3 *database;
  sqlite3_stmt *insert_commit, *insert_event, *update_balance, *insert_snapshot, *insert_node;
  floor_sha256 sha256;
  account *accounts;
  int *touched;  // the ranks of accounts touched in this transaction, unordered
  int touched_count;
  int *rank_of;     // of an account's number in the order of ids
  int *with_rank;   // the other way round
  int64_t commit_number, position, recorded_us;
  int64_t withdrawn_key, deposited_key, actor_key;
  uint8_t head[digest_bytes];
  uint8_t leaves[commits_per_node][digest_bytes];
  uint8_t pending[most_levels][digest_bytes];  // left children that wait for their right ones
  uint64_t random;
  const char *problem;
} recorder;

// MARK: Bytes that are hashed

static void append(fields *fields, const void *bytes, uint32_t count) {
  uint8_t length[4] = {(uint8_t)(count >> 24), (uint8_t)(count >> 16), (uint8_t)(count >> 8),
                       (uint8_t)count};
  memcpy(fields->bytes + fields->count, length, 4);
  memcpy(fields->bytes + fields->count + 4, bytes, count);
  fields->count += 4 + count;
}

static void append_absent(fields *fields) {
  memset(fields->bytes + fields->count, 0xFF, 4);
  fields->count += 4;
}

static void append_text(fields *fields, const char *text) {
  append(fields, text, (uint32_t)strlen(text));
}

static void append_number(fields *fields, int64_t number) {
  uint8_t bytes[8];
  for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
  append(fields, bytes, 8);
}

static void begin(fields *fields, const char *kind) {
  fields->count = 0;
  append_text(fields, kind);
  append_number(fields, 1);
}

// MARK: Text

/// "12.34" of minor units; returns how long it is.
static int decimal(int64_t minor_units, char *text) {
  uint64_t size = minor_units < 0 ? 0 - (uint64_t)minor_units : (uint64_t)minor_units;
  return sprintf(text, "%s%" PRIu64 ".%02d", minor_units < 0 ? "-" : "", size / 100,
                 (int)(size % 100));
}

static uint64_t next_random(recorder *recorder) {
  uint64_t bits = recorder->random += 0x9E3779B97F4A7C15u;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
  return bits ^ (bits >> 31);
}

/// A UUID of version 7, 36 characters and a 0.
static void make_uuid(recorder *recorder, int64_t micros, char *text) {
  static const char digits[] = "0123456789abcdef";
  uint8_t bytes[16];
  uint64_t milliseconds = (uint64_t)micros / 1000;
  uint64_t fraction = (uint64_t)micros % 1000 * 4096 / 1000;
  for (int i = 0; i < 6; i++) bytes[i] = (uint8_t)(milliseconds >> (40 - 8 * i));
  bytes[6] = 0x70 | (uint8_t)(fraction >> 8);
  bytes[7] = (uint8_t)fraction;
  uint64_t random = next_random(recorder);
  memcpy(bytes + 8, &random, 8);
  bytes[8] = 0x80 | (bytes[8] & 0x3F);
  for (int i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *text++ = '-';
    *text++ = digits[bytes[i] >> 4];
    *text++ = digits[bytes[i] & 15];
  }
  *text = 0;
}

static int64_t clock_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static double monotonic_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

// MARK: SQLite

static void check(recorder *recorder, int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW || recorder->problem) return;
  recorder->problem = sqlite3_errmsg(recorder->database);
}

static void run(recorder *recorder, const char *sql) {
  check(recorder, sqlite3_exec(recorder->database, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *prepared(recorder *recorder, const char *sql) {
  sqlite3_stmt *statement = NULL;
  check(recorder, sqlite3_prepare_v3(recorder->database, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                     &statement, NULL));
  return statement;
}

static void finish(recorder *recorder, sqlite3_stmt *statement) {
  check(recorder, sqlite3_step(statement));
  check(recorder, sqlite3_reset(statement));
}

/// The number that `sql` asks for.
static int64_t number(recorder *recorder, const char *sql) {
  sqlite3_stmt *statement = prepared(recorder, sql);
  int64_t value = 0;
  if (statement && sqlite3_step(statement) == SQLITE_ROW) value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return value;
}

static int64_t type_key(recorder *recorder, const char *name) {
  char sql[200];
  snprintf(sql, sizeof sql, "SELECT type_key FROM event_types WHERE event_type = '%s'", name);
  int64_t key = number(recorder, sql);
  if (key) return key;
  key = number(recorder, "SELECT coalesce(max(type_key), 0) + 1 FROM event_types");
  snprintf(sql, sizeof sql, "INSERT INTO event_types VALUES (%" PRId64 ", '%s')", key, name);
  run(recorder, sql);
  return key;
}

// MARK: Recording

static void record_event(recorder *recorder, account *account, int64_t type_key, const char *type,
                         const char *data, uint8_t digest[digest_bytes]) {
  fields fields;
  char stream[48];
  snprintf(stream, sizeof stream, "BankAccount-%s", account->id);
  begin(&fields, "event");
  append_number(&fields, recorder->position);
  append_number(&fields, account->version);
  append_text(&fields, stream);
  append_text(&fields, type);
  append_number(&fields, 2);
  append_text(&fields, data);
  append_absent(&fields);
  recorder->sha256(fields.bytes, fields.count, digest);
  sqlite3_stmt *insert = recorder->insert_event;
  sqlite3_bind_int64(insert, 1, recorder->position);
  sqlite3_bind_int64(insert, 2, recorder->commit_number);
  sqlite3_bind_int64(insert, 3, account->stream_key);
  sqlite3_bind_int64(insert, 4, account->version);
  sqlite3_bind_int64(insert, 5, type_key);
  sqlite3_bind_text(insert, 6, data, -1, SQLITE_STATIC);
  finish(recorder, insert);
}

static void store_node(recorder *recorder, int level, int64_t index, const uint8_t *hash) {
  sqlite3_bind_int64(recorder->insert_node, 1, level);
  sqlite3_bind_int64(recorder->insert_node, 2, index);
  sqlite3_bind_blob(recorder->insert_node, 3, hash, digest_bytes, SQLITE_STATIC);
  finish(recorder, recorder->insert_node);
}

static void hash_node(recorder *recorder, const uint8_t *left, const uint8_t *right, uint8_t *node) {
  uint8_t bytes[1 + 2 * digest_bytes] = {1};
  memcpy(bytes + 1, left, digest_bytes);
  memcpy(bytes + 1 + digest_bytes, right, digest_bytes);
  recorder->sha256(bytes, sizeof bytes, node);
}

/// Adds the head to the tree of commits, RFC 6962.
static void extend_tree(recorder *recorder) {
  uint8_t leaf[1 + digest_bytes] = {0};
  memcpy(leaf + 1, recorder->head, digest_bytes);
  int64_t slot = (recorder->commit_number - 1) % commits_per_node;
  recorder->sha256(leaf, sizeof leaf, recorder->leaves[slot]);
  if (slot + 1 < commits_per_node) return;
  for (int count = commits_per_node; count > 1; count /= 2) {
    for (int i = 0; i < count / 2; i++) {
      hash_node(recorder, recorder->leaves[2 * i], recorder->leaves[2 * i + 1], recorder->leaves[i]);
    }
  }
  int level = 8;
  int64_t index = recorder->commit_number / commits_per_node - 1;
  uint8_t node[digest_bytes];
  memcpy(node, recorder->leaves[0], digest_bytes);
  store_node(recorder, level, index, node);
  while (index & 1) {
    uint8_t parent[digest_bytes];
    hash_node(recorder, recorder->pending[level], node, parent);
    memcpy(node, parent, digest_bytes);
    level += 1;
    index >>= 1;
    store_node(recorder, level, index, node);
  }
  memcpy(recorder->pending[level], node, digest_bytes);
}

static void save_snapshot(recorder *recorder, account *account) {
  char state[400], balance[32], limit[32], stream[48];
  uint8_t checksum[digest_bytes];
  fields fields;
  int64_t taken_us = clock_us();
  decimal(account->balance, balance);
  decimal(account->limit_minor, limit);
  snprintf(state, sizeof state,
           "{\"version\":%" PRId64 ",\"status\":\"active\",\"currency\":\"USD\",\"balance\":\"%s\","
           "\"overdraftLimit\":\"%s\",\"latestEffectiveAtUs\":%" PRId64 ",\"openedAtUs\":%" PRId64 "}",
           account->version, balance, limit, account->latest_us, account->opened_us);
  snprintf(stream, sizeof stream, "BankAccount-%s", account->id);
  begin(&fields, "snapshot");
  append_text(&fields, stream);
  append_number(&fields, account->version);
  append_number(&fields, account->last_position);
  append_number(&fields, 1);
  append_number(&fields, taken_us);
  append_text(&fields, state);
  append(&fields, recorder->head, digest_bytes);
  recorder->sha256(fields.bytes, fields.count, checksum);
  sqlite3_stmt *insert = recorder->insert_snapshot;
  sqlite3_bind_int64(insert, 1, account->stream_key);
  sqlite3_bind_int64(insert, 2, account->version);
  sqlite3_bind_int64(insert, 3, account->last_position);
  sqlite3_bind_int64(insert, 4, taken_us);
  sqlite3_bind_text(insert, 5, state, -1, SQLITE_STATIC);
  sqlite3_bind_blob(insert, 6, checksum, digest_bytes, SQLITE_STATIC);
  finish(recorder, insert);
  account->snapshot_version = account->version;
}

static void move(recorder *recorder, account *account, int number, int64_t minor_units) {
  account->balance += minor_units;
  account->version += 1;
  account->last_position = ++recorder->position;
  account->latest_us = recorder->recorded_us;
  if (account->is_touched) return;
  account->is_touched = 1;
  recorder->touched[recorder->touched_count++] = recorder->rank_of[number];
}

static void record(recorder *recorder, const floor_transfer *transfer, size_t number,
                   const char *shared_correlation) {
  account *payer = &recorder->accounts[transfer->payer];
  account *payee = &recorder->accounts[transfer->payee];
  char transfer_id[37], own_correlation[37], amount[32], balance[32], key[32];
  char data[2][300];
  uint8_t digests[2][digest_bytes], fingerprint[digest_bytes];
  fields fields;
  int64_t now = clock_us();
  recorder->recorded_us = now > recorder->recorded_us ? now : recorder->recorded_us + 1;
  recorder->commit_number += 1;
  make_uuid(recorder, recorder->recorded_us, transfer_id);
  if (!shared_correlation) make_uuid(recorder, recorder->recorded_us, own_correlation);
  const char *correlation = shared_correlation ? shared_correlation : own_correlation;
  decimal(transfer->minor_units, amount);
  for (int leg = 0; leg < 2; leg++) {
    account *account = leg == 0 ? payer : payee;
    move(recorder, account, leg == 0 ? transfer->payer : transfer->payee,
         leg == 0 ? -transfer->minor_units : transfer->minor_units);
    decimal(account->balance, balance);
    snprintf(data[leg], sizeof data[leg],
             "{\"amount\":\"%s\",\"currency\":\"USD\",\"counterparty\":\"%s\",\"transferId\":\"%s\","
             "\"balanceAfter\":\"%s\"}",
             amount, leg == 0 ? payee->id : payer->id, transfer_id, balance);
    record_event(recorder, account, leg == 0 ? recorder->withdrawn_key : recorder->deposited_key,
                 leg == 0 ? "MoneyWithdrawn" : "MoneyDeposited", data[leg], digests[leg]);
  }
  begin(&fields, "command");
  append_text(&fields, "transfer");
  append_number(&fields, 2);
  append_text(&fields, payer->id);
  append_text(&fields, payee->id);
  append_number(&fields, transfer->minor_units);
  append_text(&fields, "USD");
  append_absent(&fields);
  append_absent(&fields);
  recorder->sha256(fields.bytes, fields.count, fingerprint);
  snprintf(key, sizeof key, "transfer-%010zu", number);
  begin(&fields, "commit");
  append(&fields, recorder->head, digest_bytes);
  append_number(&fields, recorder->commit_number);
  append_number(&fields, recorder->recorded_us);
  append_absent(&fields);
  append_text(&fields, "bench");
  append_text(&fields, correlation);
  append_absent(&fields);
  append_text(&fields, key);
  append(&fields, fingerprint, digest_bytes);
  append_absent(&fields);
  append_absent(&fields);
  append_number(&fields, 2);
  append(&fields, digests[0], digest_bytes);
  append(&fields, digests[1], digest_bytes);
  recorder->sha256(fields.bytes, fields.count, recorder->head);
  sqlite3_stmt *insert = recorder->insert_commit;
  sqlite3_bind_int64(insert, 1, recorder->commit_number);
  sqlite3_bind_int64(insert, 2, recorder->position);
  sqlite3_bind_int64(insert, 3, recorder->recorded_us);
  sqlite3_bind_int64(insert, 4, recorder->actor_key);
  sqlite3_bind_text(insert, 5, correlation, 36, SQLITE_STATIC);
  sqlite3_bind_text(insert, 6, key, -1, SQLITE_STATIC);
  sqlite3_bind_blob(insert, 7, fingerprint, digest_bytes, SQLITE_STATIC);
  sqlite3_bind_blob(insert, 8, recorder->head, digest_bytes, SQLITE_STATIC);
  finish(recorder, insert);
  extend_tree(recorder);
  if (payer->version - payer->snapshot_version >= events_per_snapshot) save_snapshot(recorder, payer);
  if (payee->version - payee->snapshot_version >= events_per_snapshot) save_snapshot(recorder, payee);
}

static int compare_ints(const void *left, const void *right) {
  int a = *(const int *)left, b = *(const int *)right;
  return (a > b) - (a < b);
}

/// Writes the balances of this transaction, in the order of their ids, and the checkpoints.
static void write_balances(recorder *recorder) {
  qsort(recorder->touched, (size_t)recorder->touched_count, sizeof(int), compare_ints);
  for (int i = 0; i < recorder->touched_count; i++) {
    account *account = &recorder->accounts[recorder->with_rank[recorder->touched[i]]];
    sqlite3_stmt *update = recorder->update_balance;
    sqlite3_bind_int64(update, 1, account->balance);
    sqlite3_bind_int64(update, 2, account->latest_us);
    sqlite3_bind_int64(update, 3, account->version);
    sqlite3_bind_int64(update, 4, account->last_position);
    sqlite3_bind_text(update, 5, account->id, -1, SQLITE_STATIC);
    finish(recorder, update);
    account->is_touched = 0;
  }
  recorder->touched_count = 0;
  char sql[120];
  snprintf(sql, sizeof sql, "UPDATE projections SET checkpoint = %" PRId64 " WHERE lifecycle = 'inline'",
           recorder->position);
  run(recorder, sql);
}

// MARK: The beginning

static void prepare(recorder *recorder, const char *path) {
  check(recorder, sqlite3_open_v2(path, &recorder->database,
                                  SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
  if (recorder->problem) return;
  sqlite3_db_config(recorder->database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  run(recorder, "PRAGMA cache_size = -16384; PRAGMA synchronous = FULL;"
                "PRAGMA wal_autocheckpoint = 2000; PRAGMA secure_delete = ON");
  recorder->insert_commit = prepared(
      recorder, "INSERT INTO commits VALUES (?, ?, ?, NULL, ?, ?, NULL, ?, ?, NULL, NULL, ?)");
  recorder->insert_event = prepared(
      recorder, "INSERT INTO recorded_events VALUES (?, ?, ?, ?, ?, 2, ?, NULL)");
  recorder->update_balance = prepared(
      recorder, "UPDATE account_balances SET balance_minor = ?, latest_effective_us = ?, version = ?,"
                " last_position = ? WHERE account_id = ?");
  recorder->insert_snapshot = prepared(
      recorder, "INSERT INTO snapshots VALUES (?, ?, ?, 1, ?, ?, ?)");
  recorder->insert_node = prepared(recorder, "INSERT INTO tree_nodes VALUES (?, ?, ?)");
}

/// The order of ids, which are text: acct-0, acct-1, acct-10, acct-100, …
static account *sorted_accounts;
static int compare_ids(const void *left, const void *right) {
  return strcmp(sorted_accounts[*(const int *)left].id, sorted_accounts[*(const int *)right].id);
}

/// Learns the accounts by heart, and the end of the log.
static void learn(recorder *recorder, int count) {
  for (int i = 0; i < count; i++) {
    snprintf(recorder->accounts[i].id, sizeof recorder->accounts[i].id, "acct-%d", i);
    recorder->with_rank[i] = i;
    recorder->accounts[i].snapshot_version = -1;
  }
  sorted_accounts = recorder->accounts;
  qsort(recorder->with_rank, (size_t)count, sizeof(int), compare_ids);
  for (int i = 0; i < count; i++) recorder->rank_of[recorder->with_rank[i]] = i;
  sqlite3_stmt *rows = prepared(
      recorder, "SELECT s.stream_id, s.stream_key, b.overdraft_limit_minor, c.recorded_at_us FROM streams s"
                " JOIN account_balances b ON 'BankAccount-' || b.account_id = s.stream_id"
                " JOIN recorded_events e ON e.position = b.last_position"
                " JOIN commits c ON c.commit_number = e.commit_number");
  int found = 0;
  while (rows && sqlite3_step(rows) == SQLITE_ROW) {
    int number = atoi((const char *)sqlite3_column_text(rows, 0) + strlen("BankAccount-acct-"));
    if (number < 0 || number >= count) continue;
    account *account = &recorder->accounts[number];
    account->stream_key = sqlite3_column_int64(rows, 1);
    account->limit_minor = sqlite3_column_int64(rows, 2);
    account->opened_us = sqlite3_column_int64(rows, 3);
    found += 1;
  }
  sqlite3_finalize(rows);
  if (found != count && !recorder->problem) recorder->problem = "the ledger has other accounts";
  rows = prepared(recorder, "SELECT commit_number, last_position, recorded_at_us, actor_key, commit_hash"
                            " FROM commits ORDER BY commit_number");
  while (rows && sqlite3_step(rows) == SQLITE_ROW) {
    recorder->commit_number = sqlite3_column_int64(rows, 0);
    recorder->position = sqlite3_column_int64(rows, 1);
    recorder->recorded_us = sqlite3_column_int64(rows, 2);
    recorder->actor_key = sqlite3_column_int64(rows, 3);
    memcpy(recorder->head, sqlite3_column_blob(rows, 4), digest_bytes);
    uint8_t leaf[1 + digest_bytes] = {0};
    memcpy(leaf + 1, recorder->head, digest_bytes);
    recorder->sha256(leaf, sizeof leaf,
                     recorder->leaves[(recorder->commit_number - 1) % commits_per_node]);
  }
  sqlite3_finalize(rows);
  rows = prepared(recorder, "SELECT level, node_hash FROM tree_nodes WHERE node_index % 2 = 0"
                            " ORDER BY level, node_index");
  while (rows && sqlite3_step(rows) == SQLITE_ROW) {
    memcpy(recorder->pending[sqlite3_column_int64(rows, 0)], sqlite3_column_blob(rows, 1),
           digest_bytes);
  }
  sqlite3_finalize(rows);
}

static void release(recorder *recorder) {
  sqlite3_finalize(recorder->insert_commit);
  sqlite3_finalize(recorder->insert_event);
  sqlite3_finalize(recorder->update_balance);
  sqlite3_finalize(recorder->insert_snapshot);
  sqlite3_finalize(recorder->insert_node);
  sqlite3_close(recorder->database);
  free(recorder->accounts);
  free(recorder->touched);
  free(recorder->rank_of);
  free(recorder->with_rank);
  free(recorder);
}

const char *floor_record(const char *path, int accounts, const floor_transfer *transfers, size_t count,
                         size_t per_transaction, int shares_correlation, floor_sha256 sha256,
                         double *micros) {
  static char problem[300];
  recorder *recorder = calloc(1, sizeof *recorder);
  recorder->sha256 = sha256;
  recorder->random = (uint64_t)clock_us();
  recorder->accounts = calloc((size_t)accounts, sizeof(account));
  recorder->touched = calloc((size_t)accounts, sizeof(int));
  recorder->rank_of = calloc((size_t)accounts, sizeof(int));
  recorder->with_rank = calloc((size_t)accounts, sizeof(int));
  prepare(recorder, path);
  if (!recorder->problem) learn(recorder, accounts);
  char correlation[37];
  make_uuid(recorder, clock_us(), correlation);
  for (size_t done = 0; done < count && !recorder->problem;) {
    double start = monotonic_us();
    run(recorder, "BEGIN IMMEDIATE");
    if (done == 0) {
      recorder->withdrawn_key = type_key(recorder, "MoneyWithdrawn");
      recorder->deposited_key = type_key(recorder, "MoneyDeposited");
    }
    size_t end = done + per_transaction < count ? done + per_transaction : count;
    for (; done < end; done++) {
      record(recorder, &transfers[done], done, shares_correlation ? correlation : NULL);
    }
    write_balances(recorder);
    run(recorder, "COMMIT");
    *micros++ = monotonic_us() - start;
  }
  problem[0] = 0;
  if (recorder->problem) snprintf(problem, sizeof problem, "%s", recorder->problem);
  release(recorder);
  return problem[0] ? problem : NULL;
}
