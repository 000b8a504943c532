// libFuzzer as a library: <https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library>.
#ifndef LIB_FUZZER_H
#define LIB_FUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv,
                        int (*try_out)(const uint8_t *bytes, size_t count));

#endif
