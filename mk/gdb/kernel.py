# SPDX-License-Identifier: MIT
"""The kernel's objects, read from its memory by means of its debug information."""
import gdb

Thread_type, Gate_type, Task_type, Irq_type = 1, 2, 3, 5
Type_names = ("dead", "thread", "gate", "task", "vm", "irq", "semaphore", "factory", "icu",
              "scheduler", "log", "debugger", "iommu")
State_names = ("dormant", "ready", "sending", "receiving", "transferring", "at gate",
               "at semaphore", "halted", "dead")
Cap_rights = ((1, "w"), (2, "s"), (8, "d"), (0x10, "~"), (0x20, "!"))
Cap_flags = 63


def symbol(name):
    """A variable of the kernel."""
    try:
        return gdb.parse_and_eval(f"'{name}'")
    except gdb.error:
        raise gdb.GdbError(f"the kernel has no '{name}': l4- commands need the debug kernel "
                           "(`make debug` boots it unless KERNEL= says otherwise)") from None


def pointer(address, type_name):
    return gdb.Value(address).cast(gdb.lookup_type(type_name).pointer())


class Object:
    """A kernel object: number, address, type, name."""

    def __init__(self, identity, address):
        self.id, self.address = identity, address
        self.type = int(pointer(address, "Kobject").dereference()["_type"])

    @property
    def type_name(self):
        return Type_names[self.type] if self.type < len(Type_names) else "?"

    @property
    def name(self):
        return names().get(self.address, "")

    def __str__(self):
        return f"{self.type_name} {self.id}" + (f" '{self.name}'" if self.name else "")

    def value(self, type_name):
        return pointer(self.address, type_name).dereference()


class Thread(Object):
    def __init__(self, identity, address):
        super().__init__(identity, address)
        self.kernel = self.value("Thread")
        self.frame = self.kernel["_frame"]

    @property
    def state(self):
        return State_names[int(self.kernel["_state"])]

    @property
    def prio(self):
        return int(self.kernel["_prio"])

    @property
    def cpu(self):
        return int(self.kernel["_cpu"])

    @property
    def task(self):
        address = int(self.kernel["_task"])
        return find(address) if address else None

    def root_table(self):
        """Physical address of the task's page tables; None: it has none."""
        if not int(self.kernel["_task"]):
            return None
        root = int(self.kernel["_task"].dereference()["_mem"]["_root"])
        return root - int(symbol("arch::Kmem_base")) if root else None


def names():
    """Names by address of the object."""
    entries = symbol("object_names.cc'::'(anonymous namespace)::entries")
    found = {}
    for i in range(entries.type.range()[1] + 1):
        address = int(entries[i]["object"])
        if address:
            found[address] = entries[i]["text"].string(length=16).rstrip("\0")
    return found


def objects():
    """All kernel objects, oldest first."""
    entries = symbol("Object_registry::_entries")
    index, left = int(symbol("Object_registry::_oldest")), entries.type.range()[1] + 1
    while index and left:
        entry = entries[index]
        yield make(int(entry["id"]), int(entry["object"]))
        index, left = int(entry["newer"]), left - 1


def make(identity, address):
    kind = int(pointer(address, "Kobject").dereference()["_type"])
    return (Thread if kind == Thread_type else Object)(identity, address)


def find(address):
    return next((o for o in objects() if o.address == address), None)


def named(text, kind):
    """The object of this type with the number, address or name that the user gave."""
    for o in objects():
        if o.type == kind and (o.name == text or text in (str(o.id), hex(o.address))):
            return o
    what = Type_names[kind]
    known = ", ".join(o.name or str(o.id) for o in objects() if o.type == kind)
    raise gdb.GdbError(f"there is no {what} '{text}'; {what}s: {known}")


def threads():
    return [o for o in objects() if o.type == Thread_type]


def current_threads():
    """Address of the thread that each CPU runs."""
    cpus, result = symbol("Cpu::_cpus"), {}
    online = int(symbol("Cpu::_online"))
    for cpu in range(64):
        if online >> cpu & 1:
            result[int(cpus[cpu].dereference()["current"])] = cpu
    return result


def caps(task):
    """(slot, rights, object) for each capability of a task."""
    space = task.value("Task")["_obj"]
    per_page = 128
    directory, empty = space["_pages"], int(symbol("Obj_space::No_slots").address)
    by_address = {o.address: o for o in objects()}
    for page in range(int(space["_pages_end"])):
        slots = directory[page]
        if int(slots) == empty:
            continue
        for i in range(per_page):
            entry = int(slots[i]["_entry"])
            if entry & ~Cap_flags:
                rights = "".join(c if entry & bit else "-" for bit, c in Cap_rights)
                target = by_address.get(entry & ~Cap_flags)
                yield page * per_page + i, rights, target or hex(entry & ~Cap_flags)
