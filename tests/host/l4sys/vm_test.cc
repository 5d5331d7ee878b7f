// SPDX-License-Identifier: MIT
// The state areas of virtual machines: layouts of kernel-objects.md section 12 and of the AMD64
// manual (volume 2, appendix B), and the arithmetic of the software VMCS.
#include <l4/sys/vm.h>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>

namespace {

static_assert(offsetof(l4_vm_vmx_vcpu_state_t, infos) == 0x200);
static_assert(offsetof(l4_vm_vmx_vcpu_state_t, vmcs) == 0x400);
static_assert(sizeof(l4_vm_vmx_vcpu_state_t) <= L4_VCPU_STATE_EXT_SIZE);
static_assert(offsetof(l4_vm_vmx_vcpu_vmcs_t, user_data) == 0x08);
static_assert(offsetof(l4_vm_vmx_vcpu_vmcs_t, cr2_index) == 0x10);
static_assert(offsetof(l4_vm_vmx_vcpu_vmcs_t, hw_vmcs) == 0x18);
static_assert(offsetof(l4_vm_vmx_vcpu_vmcs_t, offset_table) == 0x20);
static_assert(offsetof(l4_vm_vmx_vcpu_vmcs_t, values) == 0xc0);
static_assert(offsetof(l4_vm_vmx_vcpu_vmcs_t, dirty_bitmap) == 0xc0 + 2560);
static_assert(sizeof(l4_vm_vmx_vcpu_vmcs_t) == 0xc0 + 2560 + 320);

using Control = l4_vm_svm_vmcb_control_area_t;
static_assert(offsetof(Control, pause_filter_count) == 0x3e);
static_assert(offsetof(Control, iopm_base_pa) == 0x40);
static_assert(offsetof(Control, guest_asid_tlb_ctl) == 0x58);
static_assert(offsetof(Control, exitcode) == 0x70);
static_assert(offsetof(Control, np_enable) == 0x90);
static_assert(offsetof(Control, eventinj) == 0xa8);
static_assert(offsetof(Control, n_cr3) == 0xb0);
static_assert(offsetof(Control, n_rip) == 0xc8);
static_assert(sizeof(Control) == 0x400);

using Save = l4_vm_svm_vmcb_state_save_area_t;
static_assert(offsetof(Save, tr) == 0x90);
static_assert(offsetof(Save, cpl) == 0xcb);
static_assert(offsetof(Save, efer) == 0xd0);
static_assert(offsetof(Save, cr4) == 0x148);
static_assert(offsetof(Save, rip) == 0x178);
static_assert(offsetof(Save, rsp) == 0x1d8);
static_assert(offsetof(Save, rax) == 0x1f8);
static_assert(offsetof(Save, star) == 0x200);
static_assert(offsetof(Save, cr2) == 0x240);
static_assert(offsetof(Save, g_pat) == 0x268);
static_assert(sizeof(l4_vm_svm_vmcb_t) == 0x1000);

/// A table as a kernel would write it: each group has 64 fields or less.
struct Vmcs : testing::Test {
  l4_vm_vmx_vcpu_state_t state{};
  l4_vm_vmx_vcpu_vmcs_t &vmcs = state.vmcs;

  Vmcs()
  {
    for (unsigned size = 0, at = 0; size < 4; ++size)
      for (unsigned kind = 0; kind < 4; ++kind, at += 2)
        vmcs.offset_table.offsets[size][kind] = static_cast<unsigned char>(at);
  }
  unsigned dirty() const
  {
    unsigned n = 0;
    for (unsigned char byte : vmcs.dirty_bitmap)
      n += static_cast<unsigned>(__builtin_popcount(byte));
    return n;
  }
};

TEST_F(Vmcs, field_numbers_tell_their_size)
{
  EXPECT_EQ(l4_vm_vmx_field_len(0x0802), 2U); // guest CS selector
  EXPECT_EQ(l4_vm_vmx_field_len(0x2800), 8U); // link pointer
  EXPECT_EQ(l4_vm_vmx_field_len(0x4012), 4U); // entry controls
  EXPECT_EQ(l4_vm_vmx_field_len(0x681e), 8U); // guest RIP
  EXPECT_EQ(l4_vm_vmx_field_order(0x681e), 3U);
}

TEST_F(Vmcs, fields_do_not_overlap_and_are_marked)
{
  l4_vm_vmx_write_16(&vmcs, 0x0800, 0x1111);
  l4_vm_vmx_write_16(&vmcs, 0x0802, 0x2222);
  l4_vm_vmx_write_32(&vmcs, 0x4012, 0x33333333);
  l4_vm_vmx_write_64(&vmcs, 0x2800, ~0ULL);
  l4_vm_vmx_write_nat(&vmcs, 0x681e, 0x123456789abcdef0);
  l4_vm_vmx_write(&vmcs, 0x681c, 0x7ff0);
  EXPECT_EQ(dirty(), 6U);
  EXPECT_EQ(l4_vm_vmx_read_16(&vmcs, 0x0800), 0x1111);
  EXPECT_EQ(l4_vm_vmx_read_16(&vmcs, 0x0802), 0x2222);
  EXPECT_EQ(l4_vm_vmx_read_32(&vmcs, 0x4012), 0x33333333U);
  EXPECT_EQ(l4_vm_vmx_read_64(&vmcs, 0x2800), ~0ULL);
  EXPECT_EQ(l4_vm_vmx_read_nat(&vmcs, 0x681e), 0x123456789abcdef0U);
  EXPECT_EQ(l4_vm_vmx_read(&vmcs, 0x681c), 0x7ff0U);
  auto const *first = static_cast<char *>(l4_vm_vmx_field_ptr(&vmcs, 0x681c));
  EXPECT_EQ(static_cast<char *>(l4_vm_vmx_field_ptr(&vmcs, 0x681e)) - first, 8);
}

TEST_F(Vmcs, a_field_outside_is_neither_read_nor_written)
{
  vmcs.offset_table.offsets[3][2] = 255; // behind the values
  EXPECT_EQ(l4_vm_vmx_field_ptr(&vmcs, 0x681e), nullptr);
  l4_vm_vmx_write(&vmcs, 0x681e, 5);
  EXPECT_EQ(l4_vm_vmx_read(&vmcs, 0x681e), 0U);
  EXPECT_EQ(dirty(), 0U);
}

TEST_F(Vmcs, states_are_kept_and_loaded)
{
  l4_vm_vmx_vcpu_vmcs_t kept{};
  l4_vm_vmx_write(&vmcs, 0x681e, 42);
  l4_vm_vmx_clear(&vmcs, &kept);
  l4_vm_vmx_write(&vmcs, 0x681e, 43);
  l4_vm_vmx_ptr_load(&vmcs, &kept);
  EXPECT_EQ(l4_vm_vmx_read(&vmcs, 0x681e), 42U);
  EXPECT_EQ(dirty(), static_cast<unsigned>(L4_VM_VMX_VMCS_SIZE_VALUES));
}

TEST_F(Vmcs, capabilities_and_context)
{
  state.infos.caps[L4_VM_VMX_MISC_REG] = 0x77;
  state.infos.default1[L4_VM_VMX_EXIT_CTLS_DFL1_REG] = 0x36dff;
  EXPECT_EQ(l4_vm_vmx_get_caps(&state, L4_VM_VMX_MISC_REG), 0x77U);
  EXPECT_EQ(l4_vm_vmx_get_caps(&state, L4_VM_VMX_NUM_CAPS_REGS), 0U);
  EXPECT_EQ(l4_vm_vmx_get_caps_default1(&state, L4_VM_VMX_EXIT_CTLS_DFL1_REG), 0x36dffU);
  EXPECT_EQ(l4_vm_vmx_get_caps_default1(&state, 9), 0U);
  vmcs.cr2_index = L4_VM_VMX_VMCS_CR2;
  EXPECT_EQ(l4_vm_vmx_get_cr2_index(&vmcs), static_cast<unsigned>(L4_VM_VMX_VMCS_CR2));
  l4_vm_vmx_set_hw_vmcs(&vmcs, 0x5000);
  EXPECT_EQ(l4_vm_vmx_get_hw_vmcs(&vmcs), 0x5000U);
}

} // namespace
