// SPDX-License-Identifier: MIT
#include "player.h"

#include "arch/host/host.h"
#include "check.h"
#include "ipc/entry.h"
#include "sched/cpu.h"

namespace fuzz {

namespace {

constexpr Word Map_item = 8;

/// What happens in interrupt windows: set by the input, used up window by window.
struct Interference {
  unsigned period = 0, windows = 0;
  u8 kind = 0;
  Word random = 1;

  Word next() { return random = random * 6364136223846793005 + 1442695040888963407, random >> 33; }
} interference;

void in_window()
{
  if (!interference.period || ++interference.windows % interference.period) return;
  switch (interference.kind % 4) {
  case 0:
    host::machine.clock_us += 1 + interference.next() % 20000;
    return handle_timer();
  case 1: return handle_irq(unsigned(interference.next() % 8));
  default: // other CPUs and devices write to message registers at any time
    if (Thread *thread = World::get().thread(unsigned(interference.next() % Max_threads)))
      thread->utcb().mr[interference.next() % Utcb::Mr_count] =
        interference.next() % Slots << 12 | interference.next() % 0x1000;
  }
}

} // namespace

Word Player::slot_of(Target target)
{
  switch (target) {
  case Target::Task: return First_task - 1 + _input.below(4);
  case Target::Factory: return 2 + _input.below(8) / 7;
  case Target::Thread: return First_thread + _input.below(Max_threads);
  case Target::Gate: return First_gate + _input.below(Gates);
  case Target::Irq: return First_irq + _input.below(2);
  case Target::Semaphore: return First_semaphore + _input.below(2);
  case Target::Log: return Log_slot;
  case Target::Icu: return Icu_slot;
  case Target::Scheduler: return Scheduler_slot;
  case Target::Debugger: return Debugger_slot;
  }
  return 0;
}

/// Mostly an object of the right kind; or one that the task made itself; or anything.
Word Player::selector(Target target)
{
  u8 choice = _input.byte();
  if (choice < 0xa0) return slot_of(target) << 12;
  if (choice < 0xf0) return Word{choice} % Slots << 12;
  if (choice < 0xf8) return Self;
  if (choice < 0xfc) return Word{_input.byte()} << 12 | 0x400; // explicit reply capability
  return _input.word(3);
}

Word Player::page()
{
  u8 choice = _input.byte(), detail = _input.byte();
  u8 rights = u8(choice >> 4);
  switch (choice & 15) {
  case 0: return Fpage(Fpage::Type::Memory, Small_pages + detail % 16 * Page_size, 12, rights).raw();
  case 1: return Fpage(Fpage::Type::Memory, Small_pages + detail % 16 * Page_size, 13 + detail / 64, rights).raw();
  case 2: return Fpage(Fpage::Type::Memory, Large_page, 21, rights).raw();
  case 3: return Fpage(Fpage::Type::Memory, Large_page + detail * Page_size, 12 + detail % 5, rights).raw();
  case 4: return Fpage(Fpage::Type::Memory, Large_page + detail % 8 * Superpage_size, 21 + detail / 128, rights).raw();
  case 5: return Fpage(Fpage::Type::Memory, Utcbs + detail % 8 * Page_size, 12 + detail % 4, rights).raw();
  case 6: return Fpage(Fpage::Type::Memory, 0, 63, rights).raw();
  case 7: return Fpage(Fpage::Type::Io, Word{detail} << 12, detail % 11, rights).raw();
  case 8: return Fpage(Fpage::Type::Obj, Word{detail} % Slots << 12, 0, rights).raw();
  case 9: return Fpage(Fpage::Type::Obj, Word{detail} % Slots << 12, detail % 7, rights).raw();
  case 10: return Fpage(Fpage::Type::Obj, Word{detail} % Slots << 12, 0, 15).raw();
  case 11: return Fpage(Fpage::Type::Obj, (32 + Word{detail} % 32) << 12, 0, 15).raw();
  case 12: return Fpage::All_spaces | rights;
  case 13: return Fpage(Fpage::Type::Obj, 0, 63, rights).raw();
  case 14: return Fpage(Fpage::Type::Memory, User_max - detail * Page_size, 12, rights).raw();
  default: return _input.word(8);
  }
}

Word Player::argument(Arg kind)
{
  switch (kind) {
  case Arg::None: return 0;
  case Arg::Small: return _input.byte();
  case Arg::Any: return _input.byte() & 1 ? ~Word{_input.byte()} : _input.word(5) << (_input.byte() % 32);
  case Arg::Selector: return Word{_input.byte()} % Slots << 12;
  case Arg::Control: {
    u8 where = _input.byte();
    Word hot_spot = where & 0x80 ? Word{where} % Slots << 12
                    : where & 0x40 ? Large_page + Word{where} % 8 * Superpage_size : Small_pages + Word{where} * Page_size;
    u8 bits = _input.byte();
    return hot_spot | (bits & 0xf2) | (bits % 16 == 15 ? 0 : Map_item);
  }
  case Arg::Page: return page();
  case Arg::Ku_page:
    return Fpage(Fpage::Type::Memory, Utcbs + Word{_input.byte()} * Page_size, 11 + _input.below(8), 0).raw();
  case Arg::Unmap_mask: return Word{_input.byte()} << 24 & 0xc0000000;
  case Arg::Limit: return Word{1} << _input.below(64) | _input.byte();
  case Arg::Gate_label: return Word{_input.byte()} << 2;
  case Arg::Prio: return _input.byte() % 32 ? _input.byte() : _input.word(2) - 2;
  case Arg::Quantum: return Word{_input.byte()} << 4;
  case Arg::Cpus: return Word{_input.byte()} << 24;
  case Arg::Map: return _input.byte() % 8 ? 1 : _input.byte();
  case Arg::Control_flags: return Word{_input.byte()} << 16 | Word{_input.byte()} << 20;
  case Arg::Ex_flags: return Word{_input.byte()} % 4 << 16;
  case Arg::Address: return Utcbs + Word{_input.byte()} * 0x100;
  case Arg::Pin: return _input.byte() % 8 | (_input.byte() & 1 ? 0x80000000 : 0);
  }
  return 0;
}

Word Player::operation_bits()
{
  static constexpr u8 Usual[] = {3, 3, 3, 3, 3, 3, 1, 7, 2, 6, 9, 11, 15, 0, 5, 13};
  return Usual[_input.below(16)];
}

Word Player::timeouts()
{
  static constexpr Word Usual[] = {0, 0x0400'0400, 0x0000'0400, 0x0400'0000, 0x0010'0010, 0x0800'0c00, 0x8005'8005,
                                   0xffff'ffff};
  u8 choice = _input.byte();
  if (choice >= 0xf0) return _input.word(4);
  if (choice % 8 == 6)
    _world.current().utcb().br[5] = host::machine.clock_us + _input.byte() * 100;
  return Usual[choice % 8];
}

/// Typed items behind `mr` words; returns their number.
unsigned Player::items(unsigned mr)
{
  unsigned count = _input.below(4);
  Utcb &utcb = _world.current().utcb();
  for (unsigned i = 0; i < count && mr + 2 * i + 1 < Utcb::Mr_count; ++i) {
    utcb.mr[mr + 2 * i] = argument(Arg::Control) | (i + 1 < count);
    utcb.mr[mr + 2 * i + 1] = page();
  }
  return count;
}

/// Now and then something is wrong with a message.
void Player::spoil(Utcb &utcb, unsigned &words, unsigned &items, i64 &label)
{
  switch (_input.byte()) {
  case 1: words = _input.byte() & 63; break;
  case 2: items = _input.byte() & 63; break;
  case 3: label = -i64(_input.byte() % 32); break;
  case 4: utcb.mr[_input.below(8)] = _input.word(8); break;
  case 5: utcb.mr[words % Utcb::Mr_count] = argument(Arg::Control); break;
  default: break;
  }
}

void Player::operation()
{
  Operation const &op = Operations[_input.byte() % Operation_count];
  Utcb &utcb = _world.current().utcb();
  unsigned words = 0, count = op.has_item ? 1 : 0;
  i64 label = op.label;
  Word to = selector(op.target);
  utcb.mr[words++] = op.opcode | argument(op.first);
  for (unsigned i = 0; i < Max_args && op.args[i] != Arg::None; ++i)
    utcb.mr[words++] = argument(op.args[i]);
  if (op.label == Proto::Thread && op.opcode == 0) words = 6;
  if (op.has_item) {
    utcb.mr[words] = Map_item;
    utcb.mr[words + 1] = Fpage(Fpage::Type::Obj, selector(op.item) & ~Word{0xfff}, 0, Fpage::All).raw();
  }
  if (op.target == Target::Factory) {
    utcb.bdr = 0;
    utcb.br[0] = (32 + Word{_input.byte()} % 32) << 12 | 0xa;
  }
  spoil(utcb, words, count, label);
  Word bits = _input.byte() % 8 ? Call : operation_bits();
  _world.invoke((to & ~Word{15}) | bits, Msg_tag(label, words, count), timeouts());
}

void Player::message()
{
  unsigned words = _input.byte() % 8, count = items(words);
  Word to = selector(_input.byte() & 1 ? Target::Gate : Target::Thread);
  Word flags = _input.byte() % 8 ? 0 : Word{_input.byte()} % 16 << 12;
  _world.invoke((to & ~Word{15}) | operation_bits(), Msg_tag(_input.byte() % 3, words, count, flags), timeouts(),
                _input.byte());
}

void Player::raw_call()
{
  Word to = _input.word(3), tag = _input.word(8), time = _input.word(4);
  _world.invoke(to, Msg_tag(tag), time, _input.byte());
}

/// Receive buffers of the current thread.
void Player::buffers()
{
  Utcb &utcb = _world.current().utcb();
  utcb.bdr = Word{_input.byte()} % 4 << 5 | Word{_input.byte()} % 8 << 10 | (_input.byte() & 1 ? Utcb::Inherit_fpu : 0);
  for (unsigned i = 0; i < 10; ++i)
    switch (_input.below(5)) {
    case 0: utcb.br[i] = (32 + Word{_input.byte()} % 32) << 12 | 0xa | (_input.byte() & 5); break;
    case 1:
      utcb.br[i] = Map_item | (_input.byte() & 1);
      utcb.br[i + 1] = page();
      utcb.br[i + 2] = slot_of(Target::Task) << 12;
      ++i;
      break;
    case 2: utcb.br[i] = 0; break;
    case 3: utcb.br[i] = page(); break;
    default: utcb.br[i] = _input.word(2);
    }
}

void Player::fault()
{
  static constexpr Word Traps[] = {0, 1, 3, 6, 13, 13, 14, 14};
  Word number = Traps[_input.below(8)];
  if (number == 14) return _world.trap(14, 4 | (_input.byte() & 0x13), _input.byte() ? _input.word(6) : ~_input.word(2));
  _world.trap(number, number == 13 ? _input.byte() & 1 : 0, 0);
}

void Player::interrupt()
{
  switch (_input.below(4)) {
  case 0: handle_irq(_input.byte() % 8); break;
  case 1: handle_msi(_input.byte() % 8); break;
  case 2:
    host::machine.input.push_back(char(_input.byte()));
    handle_console_input();
    break;
  default: handle_ipi();
  }
  host::leave_kernel(nullptr);
}

void Player::interfere()
{
  interference.period = _input.below(8);
  interference.kind = _input.byte();
  interference.random = _input.byte();
}

void Player::step()
{
  if (_world.controller_runs()) return _world.control(_input);
  if (!_world.current().prio()) return _world.pass_time(500);
  u8 kind = _input.byte();
  if (kind < 0x90) return operation();
  if (kind < 0xc8) return message();
  if (kind < 0xd0) return raw_call();
  if (kind < 0xd8) return buffers();
  if (kind < 0xe0) return fault();
  if (kind < 0xe8) return interrupt();
  if (kind < 0xf0) return interfere();
  _world.pass_time(_input.byte() * Word{64});
}

void Player::play()
{
  Task &root = *_world.controller().task();
  interference = {};
  host::machine.on_interrupt_window = in_window;
  for (unsigned n = 0; n < Max_steps && !_input.is_empty(); ++n) {
    step();
    check_scheduling(root);
    if (n % 16 == 0) check_spaces(root);
  }
  check_spaces(root);
}

} // namespace fuzz
