#ifndef F32X8_PACKED
#define F32X8_PACKED
typedef float8 f32x8_packed __attribute__((aligned(4)));
#endif
#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_winograd_gemm_t6x24(
    __global const float* restrict x,
    __global const float* restrict weights,
    __global float* restrict y,
    const int rows,
    const int columns,
    const int depth,
    const int stride,
    const int positions,
    const int x_pitch,
    const int y_pitch) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int gid_3 = (int)get_global_id(2);
  const int row_4 = min((gid_1 * 6), (rows - 6));
  const int column_5 = min((gid_2 * 24), (columns - 24));
  float16 sum_6 = (float16)(0.0f);
  float8 sum_7 = (float8)(0.0f);
  float16 sum_8 = (float16)(0.0f);
  float8 sum_9 = (float8)(0.0f);
  float16 sum_10 = (float16)(0.0f);
  float8 sum_11 = (float8)(0.0f);
  float16 sum_12 = (float16)(0.0f);
  float8 sum_13 = (float8)(0.0f);
  float16 sum_14 = (float16)(0.0f);
  float8 sum_15 = (float8)(0.0f);
  float16 sum_16 = (float16)(0.0f);
  float8 sum_17 = (float8)(0.0f);
  const int a_18 = ((gid_3 * x_pitch) + (row_4 * stride));
  const int a_19 = ((gid_3 * x_pitch) + ((row_4 + 1) * stride));
  const int a_20 = ((gid_3 * x_pitch) + ((row_4 + 2) * stride));
  const int a_21 = ((gid_3 * x_pitch) + ((row_4 + 3) * stride));
  const int a_22 = ((gid_3 * x_pitch) + ((row_4 + 4) * stride));
  const int a_23 = ((gid_3 * x_pitch) + ((row_4 + 5) * stride));
  const int first_24 = ((((gid_2 * positions) + gid_3) * depth) * 24);
  for (int i_25 = 0; i_25 < depth; i_25 += 1) {
    const float l_26 = x[(a_18 + i_25)];
    const float l_27 = x[(a_19 + i_25)];
    const float l_28 = x[(a_20 + i_25)];
    const float l_29 = x[(a_21 + i_25)];
    const float l_30 = x[(a_22 + i_25)];
    const float l_31 = x[(a_23 + i_25)];
    const int at_32 = (first_24 + (i_25 * 24));
    const float16 r_33 = *(__global const f32x16_packed*)(weights + at_32);
    const float8 r_34 = *(__global const f32x8_packed*)(weights + (at_32 + 16));
    sum_6 = fma((float16)(l_26), r_33, sum_6);
    sum_7 = fma((float8)(l_26), r_34, sum_7);
    sum_8 = fma((float16)(l_27), r_33, sum_8);
    sum_9 = fma((float8)(l_27), r_34, sum_9);
    sum_10 = fma((float16)(l_28), r_33, sum_10);
    sum_11 = fma((float8)(l_28), r_34, sum_11);
    sum_12 = fma((float16)(l_29), r_33, sum_12);
    sum_13 = fma((float8)(l_29), r_34, sum_13);
    sum_14 = fma((float16)(l_30), r_33, sum_14);
    sum_15 = fma((float8)(l_30), r_34, sum_15);
    sum_16 = fma((float16)(l_31), r_33, sum_16);
    sum_17 = fma((float8)(l_31), r_34, sum_17);
  }
  *(__global f32x16_packed*)(y + (((gid_3 * y_pitch) + (row_4 * columns)) + column_5)) = sum_6;
  *(__global f32x8_packed*)(y + ((((gid_3 * y_pitch) + (row_4 * columns)) + column_5) + 16)) = sum_7;
  *(__global f32x16_packed*)(y + (((gid_3 * y_pitch) + ((row_4 + 1) * columns)) + column_5)) = sum_8;
  *(__global f32x8_packed*)(y + ((((gid_3 * y_pitch) + ((row_4 + 1) * columns)) + column_5) + 16)) = sum_9;
  *(__global f32x16_packed*)(y + (((gid_3 * y_pitch) + ((row_4 + 2) * columns)) + column_5)) = sum_10;
  *(__global f32x8_packed*)(y + ((((gid_3 * y_pitch) + ((row_4 + 2) * columns)) + column_5) + 16)) = sum_11;
  *(__global f32x16_packed*)(y + (((gid_3 * y_pitch) + ((row_4 + 3) * columns)) + column_5)) = sum_12;
  *(__global f32x8_packed*)(y + ((((gid_3 * y_pitch) + ((row_4 + 3) * columns)) + column_5) + 16)) = sum_13;
  *(__global f32x16_packed*)(y + (((gid_3 * y_pitch) + ((row_4 + 4) * columns)) + column_5)) = sum_14;
  *(__global f32x8_packed*)(y + ((((gid_3 * y_pitch) + ((row_4 + 4) * columns)) + column_5) + 16)) = sum_15;
  *(__global f32x16_packed*)(y + (((gid_3 * y_pitch) + ((row_4 + 5) * columns)) + column_5)) = sum_16;
  *(__global f32x8_packed*)(y + ((((gid_3 * y_pitch) + ((row_4 + 5) * columns)) + column_5) + 16)) = sum_17;
}
