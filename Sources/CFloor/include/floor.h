#ifndef LEDGER_FLOOR_H
#define LEDGER_FLOOR_H

#include <stddef.h>
#include <stdint.h>

/// The least work that records a transfer as the ledger does: the same rows of the same bytes, with the same
/// hashes and pragmas, by prepared statements of SQLite and nothing around them. It decides nothing, looks
/// nothing up and knows every account by heart; what it leaves behind, `ledger verify` accepts.

/// SHA-256 of `count` bytes.
typedef void (*floor_sha256)(const void *bytes, size_t count, uint8_t digest[32]);

/// A transfer between accounts number `payer` and `payee`, which are called "acct-N".
typedef struct {
  int32_t payer;
  int32_t payee;
  int64_t minor_units;
} floor_transfer;

/// Records `count` transfers, `per_transaction` of them in each transaction, in the ledger at `path`, which
/// has `accounts` accounts in USD that nothing happened to since they were opened, number 0 first. Transfer
/// n has the idempotency key "transfer-" and ten digits; all have one correlation id if `shares_correlation`,
/// else each its own. Writes the length of each transaction in microseconds to `micros`. Returns NULL, or a
/// sentence about what went wrong.
const char *floor_record(const char *path, int accounts, const floor_transfer *transfers, size_t count,
                         size_t per_transaction, int shares_correlation, floor_sha256 sha256,
                         double *micros);

#endif
