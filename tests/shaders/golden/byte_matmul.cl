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
__kernel void u8i8_gemm_t2x24_scale(
    __global const int* restrict x,
    __global const int* restrict weights,
    __global const int* restrict table,
    __global float* restrict y,
    const int rows,
    const int columns,
    const int depth,
    const int stride,
    const int panels,
    const int span) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int row_3 = min((gid_1 * 2), (rows - 2));
  const int column_4 = min((gid_2 * 24), (columns - 24));
  const int a_5 = (row_3 * stride);
  const int a_6 = ((row_3 + 1) * stride);
  const int panel_7 = ((gid_2 * depth) * 24);
  int16 sum_8 = (int16)(0);
  int8 sum_9 = (int8)(0);
  int16 sum_10 = (int16)(0);
  int8 sum_11 = (int8)(0);
  for (int i_12 = 0; i_12 < depth; i_12 += 1) {
    const int l_13 = x[(a_5 + i_12)];
    const int l_14 = x[(a_6 + i_12)];
    const int at_15 = (panel_7 + (i_12 * 24));
    const int16 r_16 = *(__global const i32x16_packed*)(weights + at_15);
    const int8 r_17 = *(__global const i32x8_packed*)(weights + (at_15 + 16));
    sum_8 = add_byte_products_x16(sum_8, (int16)(l_13), r_16);
    sum_9 = add_byte_products_x8(sum_9, (int8)(l_13), r_17);
    sum_10 = add_byte_products_x16(sum_10, (int16)(l_14), r_16);
    sum_11 = add_byte_products_x8(sum_11, (int8)(l_14), r_17);
  }
  const int c_18 = (row_3 * columns);
  const int c_19 = ((row_3 + 1) * columns);
  const int channel_20 = (column_4 + 16);
  const int number_21 = table[1];
  const int number_22 = table[2];
  const int stride_23 = table[0];
  const int at_24 = (column_4 + 8);
  const int16 row_25 = *(__global const i32x16_packed*)(table + at_24);
  const int at_26 = ((column_4 + stride_23) + 8);
  const int16 row_27 = *(__global const i32x16_packed*)(table + at_26);
  const int at_28 = ((column_4 + (stride_23 * 2)) + 8);
  const int16 row_29 = *(__global const i32x16_packed*)(table + at_28);
  const int number_30 = table[1];
  const int number_31 = table[2];
  const int stride_32 = table[0];
  const int at_33 = (channel_20 + 8);
  const int8 row_34 = *(__global const i32x8_packed*)(table + at_33);
  const int at_35 = ((channel_20 + stride_32) + 8);
  const int8 row_36 = *(__global const i32x8_packed*)(table + at_35);
  const int at_37 = ((channel_20 + (stride_32 * 2)) + 8);
  const int8 row_38 = *(__global const i32x8_packed*)(table + at_37);
  const int out_39 = (c_18 + column_4);
  const int out_40 = (c_18 + channel_20);
  const int out_41 = (c_19 + column_4);
  const int out_42 = (c_19 + channel_20);
  const int16 t_43 = sum_8;
  const int16 total_44 = (t_43 + row_25);
  const int16 scaled_45 = scale_sums_x16(total_44, row_27, row_29);
  *(__global f32x16_packed*)(y + out_39) = convert_float16(min(max(scaled_45, (int16)(number_21)), (int16)(number_22)));
  const int8 t_46 = sum_9;
  const int8 total_47 = (t_46 + row_34);
  const int8 scaled_48 = scale_sums_x8(total_47, row_36, row_38);
  *(__global f32x8_packed*)(y + out_40) = convert_float8(min(max(scaled_48, (int8)(number_30)), (int8)(number_31)));
  const int16 t_49 = sum_10;
  const int16 total_50 = (t_49 + row_25);
  const int16 scaled_51 = scale_sums_x16(total_50, row_27, row_29);
  *(__global f32x16_packed*)(y + out_41) = convert_float16(min(max(scaled_51, (int16)(number_21)), (int16)(number_22)));
  const int8 t_52 = sum_11;
  const int8 total_53 = (t_52 + row_34);
  const int8 scaled_54 = scale_sums_x8(total_53, row_36, row_38);
  *(__global f32x8_packed*)(y + out_42) = convert_float8(min(max(scaled_54, (int8)(number_30)), (int8)(number_31)));
}
