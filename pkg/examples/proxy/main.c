/* SPDX-License-Identifier: MIT */
/*
 * An interposing proxy: stands between clients and a server of any interface, shows each message,
 * and passes it on. The client cannot tell the difference: it has a capability like any other.
 *
 * Words are passed as they are. Capabilities and memory pages are received into slots and pages of
 * the proxy and mapped on from there, so ending the proxy takes back all that went through it.
 */
#include <l4/re/c/rm.h>
#include <l4/re/c/util/cap_alloc.h>
#include <l4/re/env.h>
#include <l4/sys/err.h>
#include <l4/sys/icu.h>
#include <l4/sys/ipc.h>
#include <l4/sys/rcv_endpoint.h>
#include <l4/sys/vcon.h>

#include <stdio.h>

enum { Max_caps = 4, Window_order = 20 };

static l4_cap_idx_t slot[Max_caps];
static l4_addr_t window, window_used; /* each page that passes gets a place of its own */

/* Offer slots for capabilities, and one page for memory. */
static void prepare_receive(void)
{
  l4_buf_regs_t *const br = l4_utcb_br();
  for (unsigned i = 0; i < Max_caps; ++i)
    br->br[i] = slot[i] | L4_RCV_ITEM_SINGLE_CAP;
  br->br[Max_caps] = 0; /* ends the list */
  br->br[Max_caps + 1] = L4_ITEM_MAP;
  br->br[Max_caps + 2] = l4_fpage(window + window_used, L4_PAGESHIFT, 0).raw;
  br->br[Max_caps + 3] = 0;
  br->bdr = l4_bdr(Max_caps + 1, Max_caps, 0, 0); /* memory, I/O: none, capabilities */
}

/* Turn what was received into what is to be sent: items say where things are on this side. */
static void pass_items(l4_msgtag_t tag)
{
  l4_umword_t *item = l4_utcb_mr()->mr + l4_msgtag_words(tag);
  unsigned caps = 0;
  for (unsigned i = 0; i < l4_msgtag_items(tag); ++i, item += 2) {
    l4_umword_t const hot_spot = item[0] & L4_FPAGE_CONTROL_MASK;
    int const memory = (item[0] & L4_FPAGE_TYPE_MASK) == L4_FPAGE_MEMORY << 4;
    if (memory && window_used < 1UL << Window_order) {
      item[0] = hot_spot | L4_ITEM_MAP;
      item[1] = l4_fpage(window + window_used, L4_PAGESHIFT, L4_FPAGE_RWX).raw;
      window_used += L4_PAGESIZE;
    } else if (!memory && caps < Max_caps) {
      item[0] = L4_ITEM_MAP;
      item[1] = l4_obj_fpage(slot[caps], 0, L4_CAP_FPAGE_RWSD).raw;
      /* The next message gets another slot: this capability is kept for whom it was sent to. */
      slot[caps++] = l4re_util_cap_alloc();
    } else
      item[0] = item[1] = 0;
  }
}

/* Operations that nobody answers. Who does not know them waits for ever. */
static int has_no_answer(l4_msgtag_t tag)
{
  l4_umword_t const op = l4_utcb_mr()->mr[0];
  return (l4_msgtag_label(tag) == L4_PROTO_LOG && (op & 0xffff) == L4_VCON_WRITE_OP) ||
         (l4_msgtag_label(tag) == L4_PROTO_IRQ && (op == L4_ICU_OP_MASK || op == L4_ICU_OP_UNMASK));
}

static void show(char const *what, l4_msgtag_t tag)
{
  l4_msg_regs_t const kept = *l4_utcb_mr(); /* printf sends messages itself */
  printf("%s: label %ld, %u words, %u items, first word %lx\n", what, l4_msgtag_label(tag),
         l4_msgtag_words(tag), l4_msgtag_items(tag), l4_msgtag_words(tag) ? kept.mr[0] : 0);
  *l4_utcb_mr() = kept;
}

/* Ask the server what the client asked us. The result is its answer, to be passed back. */
static l4_msgtag_t ask(l4_cap_idx_t server, l4_msgtag_t tag)
{
  l4_msgtag_t const request =
      l4_msgtag(l4_msgtag_label(tag), l4_msgtag_words(tag), l4_msgtag_items(tag), 0);
  show("request", tag);
  int const no_answer = has_no_answer(tag);
  pass_items(tag);
  prepare_receive();
  if (no_answer) {
    l4_ipc_send(server, l4_utcb(), request, L4_IPC_NEVER);
    return l4_msgtag(-L4_ENOREPLY, 0, 0, 0);
  }
  tag = l4_ipc_call(server, l4_utcb(), request, L4_IPC_NEVER);
  if (l4_msgtag_has_error(tag)) return l4_msgtag(l4_error(tag), 0, 0, 0);
  show("answer", tag);
  pass_items(tag);
  return l4_msgtag(l4_msgtag_label(tag), l4_msgtag_words(tag), l4_msgtag_items(tag), 0);
}

int main(void)
{
  l4_cap_idx_t const front = l4re_env_get_cap("front"), back = l4re_env_get_cap("back");
  if (l4_error(l4_rcv_ep_bind_thread(front, l4re_env()->main_thread, 0)) < 0 ||
      l4re_rm_reserve_area(&window, 1UL << Window_order, L4RE_RM_F_RESERVED | L4RE_RM_F_SEARCH_ADDR,
                           Window_order) < 0) {
    printf("There is no capability 'front' with server rights, or no room; see proxy.cfg\n");
    return 1;
  }
  for (unsigned i = 0; i < Max_caps; ++i)
    slot[i] = l4re_util_cap_alloc();

  l4_umword_t label;
  prepare_receive();
  l4_msgtag_t tag = l4_ipc_wait(l4_utcb(), &label, L4_IPC_NEVER);
  for (;;) {
    if (!l4_msgtag_has_error(tag)) tag = ask(back, tag);
    prepare_receive();
    if (l4_msgtag_has_error(tag) || l4_msgtag_label(tag) == -L4_ENOREPLY)
      tag = l4_ipc_wait(l4_utcb(), &label, L4_IPC_NEVER);
    else
      tag = l4_ipc_reply_and_wait(l4_utcb(), tag, &label, L4_IPC_SEND_TIMEOUT_0);
  }
}
