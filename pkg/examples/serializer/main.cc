// SPDX-License-Identifier: MIT
// A serializer: one thread owns the data, all others ask it by messages. Nothing is locked, and
// nobody sees a state in the middle of a change, because there is only one who changes it.
#include <l4/re/env>
#include <l4/re/util/br_manager>
#include <l4/re/util/cap_alloc>
#include <l4/re/util/object_registry>
#include <l4/sys/cxx/ipc_iface>

#include <pthread-l4.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

/// What one may do with an account.
struct Account : L4::Kobject_t<Account, L4::Kobject, 0x55> {
  L4_INLINE_RPC(int, deposit, (l4_int64_t amount));
  /// Fails with -L4_ERANGE if there is not enough: looking and taking are one step.
  L4_INLINE_RPC(int, withdraw, (l4_int64_t amount));
  L4_INLINE_RPC(int, balance, (l4_int64_t * amount));
  typedef L4::Typeid::Rpcs<deposit_t, withdraw_t, balance_t> Rpcs;
};

class Account_server : public L4::Epiface_t<Account_server, Account> {
public:
  int op_deposit(Account::Rights, l4_int64_t amount)
  {
    _balance += amount;
    return 0;
  }
  int op_withdraw(Account::Rights, l4_int64_t amount)
  {
    if (amount > _balance) return -L4_ERANGE;
    _balance -= amount;
    return 0;
  }
  int op_balance(Account::Rights, l4_int64_t &amount)
  {
    amount = _balance;
    return 0;
  }

private:
  l4_int64_t _balance = 0;
};

static L4::Cap<Account> account;
static sem_t ready;

static void *serve(void *)
{
  // The loop belongs to this thread: messages for its objects come here.
  L4Re::Util::Registry_server<L4Re::Util::Br_manager_hooks> server(
      L4::Cap<L4::Thread>(pthread_l4_cap(pthread_self())), L4Re::Env::env()->factory());
  Account_server object;
  account = L4::cap_cast<Account>(server.registry()->register_obj(&object));
  sem_post(&ready);
  server.loop();
}

static void *customer(void *refusals)
{
  for (unsigned i = 0; i < 500; ++i) {
    account->deposit(7);
    if (account->withdraw(5) < 0) ++*static_cast<unsigned *>(refusals);
  }
  return nullptr;
}

int main()
{
  constexpr unsigned Customers = 4;
  pthread_t server, thread[Customers];
  unsigned refusals[Customers] = {};
  sem_init(&ready, 0, 0);
  pthread_create(&server, nullptr, serve, nullptr);
  sem_wait(&ready);

  for (unsigned i = 0; i < Customers; ++i)
    pthread_create(&thread[i], nullptr, customer, &refusals[i]);
  unsigned refused = 0;
  for (unsigned i = 0; i < Customers; ++i) {
    pthread_join(thread[i], nullptr);
    refused += refusals[i];
  }
  l4_int64_t balance = 0;
  account->balance(&balance);
  printf("balance %ld, expected %u\n", static_cast<long>(balance),
         Customers * 500 * 7 - (Customers * 500 - refused) * 5);
  return 0;
}
