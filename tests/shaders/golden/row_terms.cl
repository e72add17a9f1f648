#ifndef ADD_BYTE_PRODUCTS_X4
#define ADD_BYTE_PRODUCTS_X4
__attribute__((always_inline)) int4 add_byte_products_x4(int4 total, int4 a, int4 b) {
  __asm__("vpdpbusd %2, %1, %0" : "+v"(total) : "v"(a), "v"(b));
  return total;
}
#endif
#ifndef ADD_BYTE_PRODUCTS_X16
#define ADD_BYTE_PRODUCTS_X16
__attribute__((always_inline)) int16 add_byte_products_x16(int16 total, int16 a, int16 b) {
  __asm__("vpdpbusd %2, %1, %0" : "+v"(total) : "v"(a), "v"(b));
  return total;
}
#endif
#ifndef I32X4_PACKED
#define I32X4_PACKED
typedef int4 i32x4_packed __attribute__((aligned(4)));
#endif
#ifndef I32X16_PACKED
#define I32X16_PACKED
typedef int16 i32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void row_terms_u8_tail2(
    __global const int* restrict x,
    __global int* restrict y,
    const int count,
    const int span,
    const int words,
    const int zero) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int flat_3 = (gid_1 + (gid_2 * span));
  if ((flat_3 < count)) {
    const int first_4 = (flat_3 * words);
    int4 single_5 = (int4)(0);
    const int whole_6 = (words - 1);
    const int end_7 = (whole_6 - (whole_6 % 16));
    int16 wide_8 = (int16)(0);
    for (int i_9 = 0; i_9 < end_7; i_9 += 16) {
      const int16 x_10 = *(__global const i32x16_packed*)(x + (first_4 + i_9));
      wide_8 = add_byte_products_x16(wide_8, x_10, (int16)(16843009));
    }
    const int end_11 = (whole_6 - ((whole_6 - end_7) % 4));
    int4 wide_12 = (int4)(0);
    for (int i_13 = end_7; i_13 < end_11; i_13 += 4) {
      const int4 x_14 = *(__global const i32x4_packed*)(x + (first_4 + i_13));
      wide_12 = add_byte_products_x4(wide_12, x_14, (int4)(16843009));
    }
    for (int i_15 = end_11; i_15 < whole_6; i_15 += 1) {
      const int x_16 = x[(first_4 + i_15)];
      single_5 = add_byte_products_x4(single_5, (int4)(x_16), (int4)(16843009, 0, 0, 0));
    }
    const int x_17 = x[(first_4 + whole_6)];
    single_5 = add_byte_products_x4(single_5, (int4)(x_17), (int4)(257, 0, 0, 0));
    const int total_18 = ((((single_5.s0 + single_5.s2) + (single_5.s1 + single_5.s3)) + ((((wide_8.s01234567 + wide_8.s89abcdef).s0123 + (wide_8.s01234567 + wide_8.s89abcdef).s4567).s0 + ((wide_8.s01234567 + wide_8.s89abcdef).s0123 + (wide_8.s01234567 + wide_8.s89abcdef).s4567).s2) + (((wide_8.s01234567 + wide_8.s89abcdef).s0123 + (wide_8.s01234567 + wide_8.s89abcdef).s4567).s1 + ((wide_8.s01234567 + wide_8.s89abcdef).s0123 + (wide_8.s01234567 + wide_8.s89abcdef).s4567).s3))) + ((wide_12.s0 + wide_12.s2) + (wide_12.s1 + wide_12.s3)));
    y[flat_3] = (total_18 * zero);
  }
}
