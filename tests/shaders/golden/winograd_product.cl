#ifndef READ_SOON
#if defined(__x86_64__) || defined(__aarch64__)
#define READ_SOON(place) __builtin_prefetch(place)
#else
#define READ_SOON(place)
#endif
#endif
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
    const int ahead,
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
  const int next_25 = ((first_24 + ((positions * depth) * 24)) + ((gid_1 * depth) * ahead));
  for (int i_26 = 0; i_26 < depth; i_26 += 1) {
    READ_SOON(weights + (next_25 + (i_26 * ahead)));
    const float l_27 = x[(a_18 + i_26)];
    const float l_28 = x[(a_19 + i_26)];
    const float l_29 = x[(a_20 + i_26)];
    const float l_30 = x[(a_21 + i_26)];
    const float l_31 = x[(a_22 + i_26)];
    const float l_32 = x[(a_23 + i_26)];
    const int at_33 = (first_24 + (i_26 * 24));
    const float16 r_34 = *(__global const f32x16_packed*)(weights + at_33);
    const float8 r_35 = *(__global const f32x8_packed*)(weights + (at_33 + 16));
    sum_6 = fma((float16)(l_27), r_34, sum_6);
    sum_7 = fma((float8)(l_27), r_35, sum_7);
    sum_8 = fma((float16)(l_28), r_34, sum_8);
    sum_9 = fma((float8)(l_28), r_35, sum_9);
    sum_10 = fma((float16)(l_29), r_34, sum_10);
    sum_11 = fma((float8)(l_29), r_35, sum_11);
    sum_12 = fma((float16)(l_30), r_34, sum_12);
    sum_13 = fma((float8)(l_30), r_35, sum_13);
    sum_14 = fma((float16)(l_31), r_34, sum_14);
    sum_15 = fma((float8)(l_31), r_35, sum_15);
    sum_16 = fma((float16)(l_32), r_34, sum_16);
    sum_17 = fma((float8)(l_32), r_35, sum_17);
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
