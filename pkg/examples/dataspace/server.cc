// SPDX-License-Identifier: MIT
// A dataspace whose pages are made when somebody touches them: a table of squares.
#include <l4/re/dataspace>
#include <l4/re/util/br_manager>
#include <l4/re/util/dataspace_svr>
#include <l4/re/util/object_registry>

#include <stdio.h>

static L4Re::Util::Registry_server<L4Re::Util::Br_manager_hooks> server;

constexpr unsigned Pages = 16, Per_page = L4_PAGESIZE / sizeof(l4_uint64_t);
alignas(L4_PAGESIZE) static l4_uint64_t table[Pages * Per_page];

// Dataspace_svr answers the protocol for memory of this program; we fill in the contents.
class Squares : public L4::Epiface_t<Squares, L4Re::Dataspace>, public L4Re::Util::Dataspace_svr {
public:
  Squares()
  {
    _ds_start = reinterpret_cast<l4_addr_t>(table);
    _ds_size = sizeof(table);
    _rw_flags = L4Re::Dataspace::F::R; // whatever rights a client's capability has
  }

  // Somebody faulted at `offset`, and gets the page when this function has returned.
  int map_hook(Offset offset, unsigned, Flags, Map_addr *, unsigned *order) override
  {
    unsigned const first = static_cast<unsigned>(offset / sizeof(l4_uint64_t));
    for (unsigned i = first; i < first + Per_page; ++i)
      table[i] = l4_uint64_t{i} * i;
    *order = L4_PAGESHIFT; // this page only, even if more would fit
    printf("page %lu is made\n", static_cast<unsigned long>(offset / L4_PAGESIZE));
    return 0;
  }
};

int main()
{
  static Squares squares;
  if (!server.registry()->register_obj(&squares, "squares").is_valid()) {
    printf("There is no capability 'squares' with server rights; see dataspace.cfg\n");
    return 1;
  }
  server.loop();
}
