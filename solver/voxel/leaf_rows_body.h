/* Rows between memory and vectors, one value at a time (leaf_kernel_body.h says what they do). */
#define ROW_GET(from, mask, v)                                                                                         \
  do {                                                                                                                 \
    const INPUT *from_ = (from);                                                                                       \
    for (unsigned bits_ = (mask); bits_; bits_ &= bits_ - 1, from_ += 3)                                               \
      for (int c_ = 0, i_ = __builtin_ctz(bits_); c_ < 3; ++c_)                                                        \
        (v)[c_][i_] = (REAL)from_[c_];                                                                                 \
  } while (0)
#define ROW_PUT(to, mask, v)                                                                                           \
  do {                                                                                                                 \
    REAL *to_ = (to);                                                                                                  \
    for (unsigned bits_ = (mask); bits_; bits_ &= bits_ - 1, to_ += 3)                                                 \
      for (int c_ = 0, i_ = __builtin_ctz(bits_); c_ < 3; ++c_)                                                        \
        to_[c_] = (v)[c_][i_];                                                                                         \
  } while (0)
#define ROW_ADD(to, mask, v)                                                                                           \
  do {                                                                                                                 \
    REAL *to_ = (to);                                                                                                  \
    for (unsigned bits_ = (mask); bits_; bits_ &= bits_ - 1, to_ += 3)                                                 \
      for (int c_ = 0, i_ = __builtin_ctz(bits_); c_ < 3; ++c_)                                                        \
        to_[c_] += (v)[c_][i_];                                                                                        \
  } while (0)
