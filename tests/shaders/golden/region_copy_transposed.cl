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
    const int end_4 = ((extent_b / 4) * 4);
    for (int i_5 = 0; i_5 < end_4; i_5 += 4) {
      const int at_6 = (i_3 + (i_5 * stride_a_b));
      const int at_7 = ((i_3 * stride_b_a) + i_5);
      const float x_8 = x[(i_3 + (i_5 * stride_a_b))];
      const float x_9 = x[(i_3 + ((i_5 + 1) * stride_a_b))];
      const float x_10 = x[(i_3 + ((i_5 + 2) * stride_a_b))];
      const float x_11 = x[(i_3 + ((i_5 + 3) * stride_a_b))];
      vstore4((float4)(x_8, x_9, x_10, x_11), 0, y + at_7);
    }
    for (int i_12 = end_4; i_12 < extent_b; i_12 += 1) {
      const int at_13 = (i_3 + (i_12 * stride_a_b));
      const int at_14 = ((i_3 * stride_b_a) + i_12);
      const float x_15 = x[(i_3 + (i_12 * stride_a_b))];
      y[at_14] = x_15;
    }
  }
}
