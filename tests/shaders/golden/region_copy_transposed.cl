#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_copy_pp_packed(
    __global const float* restrict x,
    __global float* restrict y,
    const int extent_a,
    const int extent_b,
    const int stride_a_b,
    const int stride_b_a,
    const float fill,
    const int rows) {
  const int gid_1 = (int)get_global_id(0);
  const int last_2 = min(rows, extent_a);
  for (int i_3 = 0; i_3 < last_2; i_3 += 1) {
    const int end_4 = ((extent_b / 16) * 16);
    for (int i_5 = 0; i_5 < end_4; i_5 += 16) {
      const int at_6 = (i_3 + (i_5 * stride_a_b));
      const int at_7 = ((i_3 * stride_b_a) + i_5);
      const float x_8 = x[(i_3 + (i_5 * stride_a_b))];
      const float x_9 = x[(i_3 + ((i_5 + 1) * stride_a_b))];
      const float x_10 = x[(i_3 + ((i_5 + 2) * stride_a_b))];
      const float x_11 = x[(i_3 + ((i_5 + 3) * stride_a_b))];
      const float x_12 = x[(i_3 + ((i_5 + 4) * stride_a_b))];
      const float x_13 = x[(i_3 + ((i_5 + 5) * stride_a_b))];
      const float x_14 = x[(i_3 + ((i_5 + 6) * stride_a_b))];
      const float x_15 = x[(i_3 + ((i_5 + 7) * stride_a_b))];
      const float x_16 = x[(i_3 + ((i_5 + 8) * stride_a_b))];
      const float x_17 = x[(i_3 + ((i_5 + 9) * stride_a_b))];
      const float x_18 = x[(i_3 + ((i_5 + 10) * stride_a_b))];
      const float x_19 = x[(i_3 + ((i_5 + 11) * stride_a_b))];
      const float x_20 = x[(i_3 + ((i_5 + 12) * stride_a_b))];
      const float x_21 = x[(i_3 + ((i_5 + 13) * stride_a_b))];
      const float x_22 = x[(i_3 + ((i_5 + 14) * stride_a_b))];
      const float x_23 = x[(i_3 + ((i_5 + 15) * stride_a_b))];
      *(__global f32x16_packed*)(y + at_7) = (float16)(x_8, x_9, x_10, x_11, x_12, x_13, x_14, x_15, x_16, x_17, x_18, x_19, x_20, x_21, x_22, x_23);
    }
    const int end_24 = (end_4 + (((extent_b - end_4) / 4) * 4));
    for (int i_25 = end_4; i_25 < end_24; i_25 += 4) {
      const int at_26 = (i_3 + (i_25 * stride_a_b));
      const int at_27 = ((i_3 * stride_b_a) + i_25);
      const float x_28 = x[(i_3 + (i_25 * stride_a_b))];
      const float x_29 = x[(i_3 + ((i_25 + 1) * stride_a_b))];
      const float x_30 = x[(i_3 + ((i_25 + 2) * stride_a_b))];
      const float x_31 = x[(i_3 + ((i_25 + 3) * stride_a_b))];
      vstore4((float4)(x_28, x_29, x_30, x_31), 0, y + at_27);
    }
    for (int i_32 = end_24; i_32 < extent_b; i_32 += 1) {
      const int at_33 = (i_3 + (i_32 * stride_a_b));
      const int at_34 = ((i_3 * stride_b_a) + i_32);
      const float x_35 = x[(i_3 + (i_32 * stride_a_b))];
      y[at_34] = x_35;
    }
  }
}
