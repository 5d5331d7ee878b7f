// SPDX-License-Identifier: MIT
#include <l4/libc/vcon.h>

#include <l4/sys/vcon.h>

#include <errno.h>
#include <string.h>

namespace {

/// Keeps the first message registers, which a message of `bytes` of text destroys.
class Saved_registers {
public:
  explicit Saved_registers(size_t bytes)
  {
    size_t const text = bytes < L4_VCON_WRITE_SIZE ? bytes : static_cast<size_t>(L4_VCON_WRITE_SIZE);
    _size = (2 + l4_bytes_to_mwords(static_cast<unsigned>(text))) * sizeof(l4_umword_t);
    memcpy(_saved, l4_utcb_mr()->mr, _size);
  }
  ~Saved_registers() { memcpy(l4_utcb_mr()->mr, _saved, _size); }
  Saved_registers(Saved_registers const &) = delete;

private:
  size_t _size;
  l4_umword_t _saved[L4_UTCB_GENERIC_DATA_SIZE];
};

} // namespace

ssize_t libc_vcon_write(l4_cap_idx_t vcon, void const *data, size_t size)
{
  Saved_registers const saved(size);
  char const *p = static_cast<char const *>(data);
  for (size_t left = size; left;) {
    long const n = l4_vcon_write(vcon, p, static_cast<unsigned>(left < 0x1000 ? left : 0x1000));
    if (n <= 0) break;
    p += n;
    left -= static_cast<size_t>(n);
  }
  return static_cast<ssize_t>(size);
}

ssize_t libc_vcon_read(l4_cap_idx_t vcon, void *data, size_t size)
{
  Saved_registers const saved(size);
  char *const p = static_cast<char *>(data);
  size_t count = 0;
  while (count < size) {
    size_t const max = L4_VCON_READ_SIZE;
    size_t const want = size - count < max ? size - count : max;
    int const n = l4_vcon_read(vcon, p + count, static_cast<unsigned>(want));
    if (n < 0) return count ? static_cast<ssize_t>(count) : -EIO;
    size_t const got = static_cast<size_t>(n) < want ? static_cast<size_t>(n) : want;
    count += got;
    if (static_cast<size_t>(n) <= want) break;
  }
  return static_cast<ssize_t>(count);
}
