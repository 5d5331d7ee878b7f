// SPDX-License-Identifier: MIT
/*
 * cons: a multiplexer for consoles. Programs get a console each from the factory behind the
 * capability `cons`; all of them share the log of this server, which must have input.
 */
#include "mux.h"

#include <l4/re/env>
#include <l4/re/log>
#include <l4/re/util/icu_svr>
#include <l4/re/util/object_registry>
#include <l4/re/util/vcon_svr>
#include <l4/sys/factory>
#include <l4/sys/thread>

#include <getopt.h>
#include <new>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace {

using namespace Cons;

L4Re::Util::Registry_server<L4Re::Util::Br_manager_timeout_hooks> server;

struct Settings {
  Client_options client;
  bool show_all = false;
  char const *name = "cons", *autoconnect = nullptr, *frontend = nullptr;
  unsigned patience_ms = 50;
} settings;

/// The serial line: the log of this server, or the Vcon that --frontend names.
class Line final : public Screen, public L4::Irqep_t<Line> {
public:
  explicit Line(L4::Cap<L4::Vcon> vcon) : _vcon(vcon) {}

  void write(char const *text, size_t length) override
  {
    for (size_t sent = 0; sent < length;) {
      constexpr size_t Most = L4_VCON_WRITE_SIZE;
      size_t const part = length - sent < Most ? length - sent : Most;
      _vcon->send(text + sent, static_cast<int>(part));
      sent += part;
    }
  }
  uint64_t now() override { return l4_kip_clock(l4re_kip()); }

  bool bind()
  {
    // Keys one by one, and no echo: what is typed may be for a program that does not want it shown.
    l4_vcon_attr_t attr;
    if (l4_error(_vcon->get_attr(&attr)) >= 0) {
      attr.l_flags &= ~l4_umword_t(L4_VCON_ICANON | L4_VCON_ECHO);
      _vcon->set_attr(&attr);
    }
    return server.registry()->register_irq_obj(this).is_valid() &&
           l4_error(_vcon->bind(0, L4::cap_cast<L4::Triggerable>(L4::Cap<void>(obj_cap())))) >= 0;
  }
  void handle_irq();

private:
  L4::Cap<L4::Vcon> _vcon;
};

Mux *mux;

/// Unfinished lines appear after a while.
class Patience : public L4::Ipc_svr::Timeout {
public:
  void start()
  {
    if (_started) return;
    uint64_t const next = mux->flush(settings.patience_ms * 1000ul);
    if (next) _started = server.add_timeout(this, next) >= 0;
  }
  void expired() override
  {
    _started = false;
    start();
  }

private:
  bool _started = false;
} patience;

void Line::handle_irq()
{
  char keys[L4_VCON_READ_SIZE];
  int there;
  do {
    there = _vcon->read(keys, sizeof(keys));
    int const got = there < int{sizeof(keys)} ? there : int{sizeof(keys)};
    for (int i = 0; i < got; ++i)
      mux->key(keys[i]);
  } while (there > int{sizeof(keys)});
}

/// A program's console.
class Console final : public Client,
                      public L4::Epiface_t<Console, L4::Vcon>,
                      public L4Re::Util::Icu_cap_array_svr<Console>,
                      public L4Re::Util::Vcon_svr<Console> {
public:
  using Icu_svr = L4Re::Util::Icu_cap_array_svr<Console>;
  using Vcon_svr = L4Re::Util::Vcon_svr<Console>;
  using Vcon_svr::op_dispatch;

  Console(char const *name, unsigned colour, Client_options const &options)
      : Client(name, colour, options), Icu_svr(1, &_irq)
  {
  }

  void vcon_write(char const *text, unsigned size) noexcept
  {
    mux->written(this, text, size);
    patience.start();
  }
  unsigned vcon_read(char *text, unsigned size) noexcept
  {
    size_t const there = Client::read(text, size);
    return there > size ? size + 1 : static_cast<unsigned>(there) | L4_VCON_READ_STAT_DONE;
  }
  int vcon_set_attr(l4_vcon_attr_t const *attr) noexcept
  {
    _attr = *attr;
    return 0;
  }
  int vcon_get_attr(l4_vcon_attr_t *attr) noexcept
  {
    *attr = _attr;
    return 0;
  }
  void notify() override { _irq.trigger(); }

private:
  Icu_svr::Irq _irq;
  l4_vcon_attr_t _attr{0, 0, 0};
};

/// The words of a `log` table behind name and colour.
void set_option(Client_options &options, char const *word)
{
  auto is = [word](char const *text) { return !strcmp(word, text); };
  if (is("show") || is("hide"))
    options.show = is("show");
  else if (is("keep") || is("no-keep"))
    options.keep = is("keep");
  else if (is("line-buffering") || is("no-line-buffering"))
    options.line_buffering = word[0] == 'l';
  else if (is("timestamp") || is("no-timestamp"))
    options.timestamp = word[0] == 't';
  else if (!strncmp(word, "key=", 4))
    options.key = word[4];
  else if (!strncmp(word, "bufsz=", 6))
    options.buffer_size = strtoul(word + 6, nullptr, 0);
  else
    printf("cons: unknown option '%s'; known: show hide keep no-keep line-buffering "
           "no-line-buffering timestamp no-timestamp key=C bufsz=N\n",
           word);
}

class Factory : public L4::Epiface_t<Factory, L4::Factory> {
public:
  long op_create(L4::Factory::Rights, L4::Ipc::Cap<void> &result, l4_mword_t type,
                 L4::Ipc::Varg_list_ref args)
  {
    if (type != L4_PROTO_LOG) return -L4_ENODEV;
    L4::Ipc::Varg const name = args.pop_front();
    if (!name.is_of<char const *>()) return -L4_EINVAL;

    unsigned colour = 7;
    Client_options options = settings.client;
    options.show = mux->show_new;
    L4::Ipc::Varg word = args.pop_front();
    if (word.is_of<char const *>())
      colour = colour_of(word.value<char const *>());
    else if (word.is_of_int())
      colour = unsigned(word.value<l4_umword_t>()) % 16;
    while ((word = args.pop_front()).is_of<char const *>())
      set_option(options, word.value<char const *>());
    return create(name.value<char const *>(), colour, options, result);
  }

private:
  long create(char const *name, unsigned colour, Client_options const &options,
              L4::Ipc::Cap<void> &result)
  {
    auto *const console = new (std::nothrow) Console(name, colour, options);
    if (!console) return -L4_ENOMEM;
    auto const cap = server.registry()->register_obj(console);
    if (!cap.is_valid()) {
      delete console;
      return -L4_ENOMEM;
    }
    // From here on only its clients keep it alive; Deletions hears when the last one is gone.
    L4::Cap<L4::Kobject>(cap.cap())->dec_refcnt(1);
    mux->add(console);
    if (settings.autoconnect && !strcmp(settings.autoconnect, name)) mux->attach(console);
    result = L4::Ipc::make_cap(cap, L4_CAP_FPAGE_RWSD);
    return L4_EOK;
  }
};

/// Tells that some gate has lost its last client.
class Deletions : public L4::Irqep_t<Deletions> {
public:
  bool bind()
  {
    auto const irq = server.registry()->register_irq_obj(this);
    return irq.is_valid() && l4_error(L4Re::Env::env()->main_thread()->register_del_irq(irq)) >= 0;
  }
  void handle_irq()
  {
    for (Client *c = mux->first(), *next; c; c = next) {
      next = c->next;
      auto *const console = static_cast<Console *>(c);
      if (c->gone || console->obj_cap().validate().label() > 0) continue;
      server.registry()->unregister_obj(console);
      if (mux->dropped(console)) delete console;
    }
  }
};

constexpr option Long_options[] = {
    {"show-all", no_argument, nullptr, 'a'},
    {"autoconnect", required_argument, nullptr, 'c'},
    {"keep", no_argument, nullptr, 'k'},
    {"no-line-buffering", no_argument, nullptr, 'l'},
    {"line-buffering-ms", required_argument, nullptr, 1},
    {"defaultname", required_argument, nullptr, 'n'},
    {"defaultbufsize", required_argument, nullptr, 'B'},
    {"frontend", required_argument, nullptr, 'f'},
    {"timestamp", no_argument, nullptr, 't'},
    {nullptr, 0, nullptr, 0},
};

bool parse(int argc, char **argv)
{
  for (int c; (c = getopt_long(argc, argv, "ac:kln:B:f:t", Long_options, nullptr)) != -1;)
    switch (c) {
    case 'a':
      settings.show_all = true;
      break;
    case 'c':
      settings.autoconnect = optarg;
      break;
    case 'k':
      settings.client.keep = true;
      break;
    case 'l':
      settings.client.line_buffering = false;
      break;
    case 1:
      settings.patience_ms = unsigned(atoi(optarg));
      break;
    case 'n':
      settings.name = optarg;
      break;
    case 'B':
      settings.client.buffer_size = strtoul(optarg, nullptr, 0);
      break;
    case 'f':
      settings.frontend = optarg;
      break;
    case 't':
      settings.client.timestamp = true;
      break;
    default:
      puts("cons [-a] [-k] [-l] [-t] [-c CLIENT] [-n NAME] [-B BYTES] [-f CAP] "
           "[--line-buffering-ms MS]");
      return false;
    }
  return true;
}

} // namespace

int main(int argc, char **argv)
{
  if (!parse(argc, argv)) return 1;
  auto const *const env = L4Re::Env::env();
  auto vcon = L4::cap_cast<L4::Vcon>(L4::Cap<void>(env->log()));
  if (settings.frontend) vcon = env->get_cap<L4::Vcon>(settings.frontend);
  if (!vcon.is_valid()) {
    printf("cons: there is no capability '%s' for the frontend\n", settings.frontend);
    return 1;
  }

  static Line line(vcon);
  static Mux the_mux(&line, settings.name);
  static Factory factory;
  static Deletions deletions;
  mux = &the_mux;
  mux->show_new = settings.show_all;
  if (!line.bind())
    puts("cons: the log has no input: start cons with log = L4.Env.log; output only");
  if (!deletions.bind()) puts("cons: consoles of programs that end will not be given back");
  if (!server.registry()->register_obj(&factory, "cons").is_valid()) {
    puts("cons: there is no capability 'cons' with server rights: start cons with "
         "caps = { cons = channel:svr() }");
    return 1;
  }
  mux->start();
  server.loop();
}
