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
__kernel void f32_gemm_t2x24_requantize(
    __global const float* restrict x,
    __global const float* restrict weights,
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
  float16 sum_8 = (float16)(0.0f);
  float8 sum_9 = (float8)(0.0f);
  float16 sum_10 = (float16)(0.0f);
  float8 sum_11 = (float8)(0.0f);
  for (int i_12 = 0; i_12 < depth; i_12 += 1) {
    const float l_13 = x[(a_5 + i_12)];
    const float l_14 = x[(a_6 + i_12)];
    const int at_15 = (panel_7 + (i_12 * 24));
    const float16 r_16 = *(__global const f32x16_packed*)(weights + at_15);
    const float8 r_17 = *(__global const f32x8_packed*)(weights + (at_15 + 16));
    sum_8 = fma((float16)(l_13), r_16, sum_8);
    sum_9 = fma((float8)(l_13), r_17, sum_9);
    sum_10 = fma((float16)(l_14), r_16, sum_10);
    sum_11 = fma((float8)(l_14), r_17, sum_11);
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
  const float16 t_43 = sum_8;
  const int16 total_44 = (convert_int16(t_43) + row_25);
  const int16 twice_45 = (total_44 + total_44);
  const int16 high_46 = (convert_int16((convert_long16(twice_45) * convert_long16(row_27)) >> 32) + as_int16(((as_uint16(twice_45) * as_uint16(row_27)) >> (uint16)(31u))));
  const int16 scaled_47 = ((high_46 + ((((int16)(1) << row_29) >> (int16)(1)) + ((high_46 >> (int16)(31)) & (-min(row_29, (int16)(1)))))) >> row_29);
  *(__global f32x16_packed*)(y + out_39) = convert_float16(min(max(scaled_47, (int16)(number_21)), (int16)(number_22)));
  const float8 t_48 = sum_9;
  const int8 total_49 = (convert_int8(t_48) + row_34);
  const int8 twice_50 = (total_49 + total_49);
  const int8 high_51 = (convert_int8((convert_long8(twice_50) * convert_long8(row_36)) >> 32) + as_int8(((as_uint8(twice_50) * as_uint8(row_36)) >> (uint8)(31u))));
  const int8 scaled_52 = ((high_51 + ((((int8)(1) << row_38) >> (int8)(1)) + ((high_51 >> (int8)(31)) & (-min(row_38, (int8)(1)))))) >> row_38);
  *(__global f32x8_packed*)(y + out_40) = convert_float8(min(max(scaled_52, (int8)(number_30)), (int8)(number_31)));
  const float16 t_53 = sum_10;
  const int16 total_54 = (convert_int16(t_53) + row_25);
  const int16 twice_55 = (total_54 + total_54);
  const int16 high_56 = (convert_int16((convert_long16(twice_55) * convert_long16(row_27)) >> 32) + as_int16(((as_uint16(twice_55) * as_uint16(row_27)) >> (uint16)(31u))));
  const int16 scaled_57 = ((high_56 + ((((int16)(1) << row_29) >> (int16)(1)) + ((high_56 >> (int16)(31)) & (-min(row_29, (int16)(1)))))) >> row_29);
  *(__global f32x16_packed*)(y + out_41) = convert_float16(min(max(scaled_57, (int16)(number_21)), (int16)(number_22)));
  const float8 t_58 = sum_11;
  const int8 total_59 = (convert_int8(t_58) + row_34);
  const int8 twice_60 = (total_59 + total_59);
  const int8 high_61 = (convert_int8((convert_long8(twice_60) * convert_long8(row_36)) >> 32) + as_int8(((as_uint8(twice_60) * as_uint8(row_36)) >> (uint8)(31u))));
  const int8 scaled_62 = ((high_61 + ((((int8)(1) << row_38) >> (int8)(1)) + ((high_61 >> (int8)(31)) & (-min(row_38, (int8)(1)))))) >> row_38);
  *(__global f32x8_packed*)(y + out_42) = convert_float8(min(max(scaled_62, (int8)(number_30)), (int8)(number_31)));
}
