#ifndef ADD_BYTE_PRODUCTS_X8
#define ADD_BYTE_PRODUCTS_X8
__attribute__((always_inline)) int8 add_byte_products_x8(int8 total, int8 a, int8 b) {
  __asm__("vpdpbusd %2, %1, %0" : "+v"(total) : "v"(a), "v"(b));
  return total;
}
#endif
#ifndef INTERLEAVE_BYTES_X8
#define INTERLEAVE_BYTES_X8
__attribute__((always_inline)) int8 interleave_bytes_x8(int8 x) {
  __asm__("vpermd %1, %2, %0" : "=v"(x) : "v"(x), "v"((int8)(0, 2, 4, 6, 1, 3, 5, 7)));
  __asm__("vpshufb %2, %1, %0" : "=v"(x) : "v"(x), "v"((int8)(0x0c080400, 0x0d090501, 0x0e0a0602, 0x0f0b0703, 0x0c080400, 0x0d090501, 0x0e0a0602, 0x0f0b0703)));
  return x;
}
#endif
#ifndef I32X2_PACKED
#define I32X2_PACKED
typedef int2 i32x2_packed __attribute__((aligned(4)));
#endif
#ifndef I32X8_PACKED
#define I32X8_PACKED
typedef int8 i32x8_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void pack_words_24x8_tail2_u8(
    __global const int* restrict w,
    __global int* restrict y,
    const int count,
    const int span,
    const int panels,
    const int words,
    const int columns,
    const int last,
    const int stride,
    const int begin,
    const int zero) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int flat_3 = (gid_1 + (gid_2 * span));
  if ((flat_3 < count)) {
    const int panel_4 = (flat_3 / 3);
    const int matrix_5 = (panel_4 / panels);
    const int inside_6 = ((flat_3 - (panel_4 * 3)) * 8);
    const int column_7 = (min(((panel_4 - (matrix_5 * panels)) * 24), (columns - 24)) + inside_6);
    const int to_8 = ((panel_4 * ((words + 1) * 24)) + inside_6);
    int8 total_9 = (int8)(0);
    const int whole_10 = (words - 1);
    for (int i_11 = 0; i_11 < whole_10; i_11 += 1) {
      const int at_12 = ((matrix_5 * stride) + ((((i_11 * 4) * columns) + column_7) / 4));
      const int2 x_13 = *(__global const i32x2_packed*)(w + at_12);
      const int2 x_14 = *(__global const i32x2_packed*)(w + (at_12 + (columns / 4)));
      const int2 x_15 = *(__global const i32x2_packed*)(w + (at_12 + (2 * (columns / 4))));
      const int2 x_16 = *(__global const i32x2_packed*)(w + (at_12 + (3 * (columns / 4))));
      const int8 lines_17 = (int8)(x_13, x_14, x_15, x_16);
      const int8 packed_18 = (interleave_bytes_x8(lines_17) ^ (int8)((-2139062144)));
      *(__global i32x8_packed*)(y + (to_8 + (i_11 * 24))) = packed_18;
      total_9 = add_byte_products_x8(total_9, (int8)(16843009), packed_18);
    }
    const int at_19 = ((matrix_5 * stride) + ((((whole_10 * 4) * columns) + column_7) / 4));
    const int2 x_20 = *(__global const i32x2_packed*)(w + at_19);
    const int2 x_21 = *(__global const i32x2_packed*)(w + (at_19 + (columns / 4)));
    const int8 lines_22 = (int8)(x_20, x_21, (int2)(0), (int2)(0));
    const int8 packed_23 = (interleave_bytes_x8(lines_22) ^ (int8)(32896));
    *(__global i32x8_packed*)(y + (to_8 + (whole_10 * 24))) = packed_23;
    total_9 = add_byte_products_x8(total_9, (int8)(16843009), packed_23);
    const int8 begin_24 = (((int8)(begin) - total_9) * (int8)(zero));
    *(__global i32x8_packed*)(y + (to_8 + (words * 24))) = begin_24;
  }
}
