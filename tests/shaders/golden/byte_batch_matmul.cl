#ifndef ADD_BYTE_PRODUCTS_X8
#define ADD_BYTE_PRODUCTS_X8
__attribute__((always_inline)) int8 add_byte_products_x8(int8 total, int8 a, int8 b) {
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
#ifndef SCALE_SUMS_X8
#define SCALE_SUMS_X8
__attribute__((always_inline)) int8 scale_sums_x8(int8 x, int8 m, int8 right) {
  const long4 even = ((as_long4(x) << 32) >> 32) * ((as_long4(m) << 32) >> 32) + (1L << 30);
  const long4 odd = (as_long4(x) >> 32) * (as_long4(m) >> 32) + (1L << 30);
  const ulong4 low = (as_ulong4(even) >> 31) & 0xffffffffUL;
  const ulong4 high = (as_ulong4(odd) << 1) & 0xffffffff00000000UL;
  const int8 first = as_int8(low | high);
  const int8 middle = ((int8)(1) << right) >> 1;
  return (first + (middle + ((first >> 31) & -min(right, (int8)(1))))) >> right;
}
#endif
#ifndef SCALE_SUMS_X16
#define SCALE_SUMS_X16
__attribute__((always_inline)) int16 scale_sums_x16(int16 x, int16 m, int16 right) {
  const long8 even = ((as_long8(x) << 32) >> 32) * ((as_long8(m) << 32) >> 32) + (1L << 30);
  const long8 odd = (as_long8(x) >> 32) * (as_long8(m) >> 32) + (1L << 30);
  const ulong8 low = (as_ulong8(even) >> 31) & 0xffffffffUL;
  const ulong8 high = (as_ulong8(odd) << 1) & 0xffffffff00000000UL;
  const int16 first = as_int16(low | high);
  const int16 middle = ((int16)(1) << right) >> 1;
  return (first + (middle + ((first >> 31) & -min(right, (int16)(1))))) >> right;
}
#endif
#ifndef F32X8_PACKED
#define F32X8_PACKED
typedef float8 f32x8_packed __attribute__((aligned(4)));
#endif
#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
#ifndef I32X8_PACKED
#define I32X8_PACKED
typedef int8 i32x8_packed __attribute__((aligned(4)));
#endif
#ifndef I32X16_PACKED
#define I32X16_PACKED
typedef int16 i32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void u8u8_batch_gemm_t2x24_scale(
    __global const int* restrict x,
    __global const int* restrict w,
    __global const int* restrict terms,
    __global const int* restrict table,
    __global float* restrict y,
    const int tiles,
    const int row_tiles,
    const int rows,
    const int columns,
    const int words,
    const int panels,
    const int x_stride,
    const int w_stride,
    const int span) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int tile_3 = min(gid_1, (tiles - 1));
  const int batch_4 = (tile_3 / row_tiles);
  const int row_5 = min(((tile_3 - (batch_4 * row_tiles)) * 2), (rows - 2));
  const int column_6 = min((gid_2 * 24), (columns - 24));
  const int panel_7 = ((batch_4 * w_stride) + (gid_2 * ((words + 1) * 24)));
  const int x_row_8 = ((batch_4 * x_stride) + row_5);
  const int begin_9 = (panel_7 + (words * 24));
  const int16 begin_10 = *(__global const i32x16_packed*)(w + begin_9);
  const int8 begin_11 = *(__global const i32x8_packed*)(w + (begin_9 + 16));
  const int term_12 = terms[x_row_8];
  int16 sum_13 = (begin_10 + (int16)(term_12));
  int8 sum_14 = (begin_11 + (int8)(term_12));
  const int term_15 = terms[(x_row_8 + 1)];
  int16 sum_16 = (begin_10 + (int16)(term_15));
  int8 sum_17 = (begin_11 + (int8)(term_15));
  const int a_18 = (x_row_8 * words);
  const int a_19 = ((x_row_8 + 1) * words);
  for (int i_20 = 0; i_20 < words; i_20 += 1) {
    const int l_21 = x[(a_18 + i_20)];
    const int l_22 = x[(a_19 + i_20)];
    const int at_23 = (panel_7 + (i_20 * 24));
    const int16 r_24 = *(__global const i32x16_packed*)(w + at_23);
    const int8 r_25 = *(__global const i32x8_packed*)(w + (at_23 + 16));
    sum_13 = add_byte_products_x16(sum_13, (int16)(l_21), r_24);
    sum_14 = add_byte_products_x8(sum_14, (int8)(l_21), r_25);
    sum_16 = add_byte_products_x16(sum_16, (int16)(l_22), r_24);
    sum_17 = add_byte_products_x8(sum_17, (int8)(l_22), r_25);
  }
  const int c_26 = (((batch_4 * rows) + row_5) * columns);
  const int c_27 = ((((batch_4 * rows) + row_5) + 1) * columns);
  const int channel_28 = (column_6 + 16);
  const int number_29 = table[1];
  const int number_30 = table[2];
  const int stride_31 = table[0];
  const int at_32 = (column_6 + 8);
  const int16 row_33 = *(__global const i32x16_packed*)(table + at_32);
  const int at_34 = ((column_6 + stride_31) + 8);
  const int16 row_35 = *(__global const i32x16_packed*)(table + at_34);
  const int at_36 = ((column_6 + (stride_31 * 2)) + 8);
  const int16 row_37 = *(__global const i32x16_packed*)(table + at_36);
  const int number_38 = table[1];
  const int number_39 = table[2];
  const int stride_40 = table[0];
  const int at_41 = (channel_28 + 8);
  const int8 row_42 = *(__global const i32x8_packed*)(table + at_41);
  const int at_43 = ((channel_28 + stride_40) + 8);
  const int8 row_44 = *(__global const i32x8_packed*)(table + at_43);
  const int at_45 = ((channel_28 + (stride_40 * 2)) + 8);
  const int8 row_46 = *(__global const i32x8_packed*)(table + at_45);
  const int out_47 = (c_26 + column_6);
  const int out_48 = (c_26 + channel_28);
  const int out_49 = (c_27 + column_6);
  const int out_50 = (c_27 + channel_28);
  const int16 t_51 = sum_13;
  const int16 total_52 = (t_51 + row_33);
  const int16 scaled_53 = scale_sums_x16(total_52, row_35, row_37);
  *(__global f32x16_packed*)(y + out_47) = convert_float16(min(max(scaled_53, (int16)(number_29)), (int16)(number_30)));
  const int8 t_54 = sum_14;
  const int8 total_55 = (t_54 + row_42);
  const int8 scaled_56 = scale_sums_x8(total_55, row_44, row_46);
  *(__global f32x8_packed*)(y + out_48) = convert_float8(min(max(scaled_56, (int8)(number_38)), (int8)(number_39)));
  const int16 t_57 = sum_16;
  const int16 total_58 = (t_57 + row_33);
  const int16 scaled_59 = scale_sums_x16(total_58, row_35, row_37);
  *(__global f32x16_packed*)(y + out_49) = convert_float16(min(max(scaled_59, (int16)(number_29)), (int16)(number_30)));
  const int8 t_60 = sum_17;
  const int8 total_61 = (t_60 + row_42);
  const int8 scaled_62 = scale_sums_x8(total_61, row_44, row_46);
  *(__global f32x8_packed*)(y + out_50) = convert_float8(min(max(scaled_62, (int8)(number_38)), (int8)(number_39)));
}
