__attribute__((reqd_work_group_size(4, 8, 1)))
__kernel void f32_gemm_wg16x16x8_t2x4(
    __global const float* restrict x,
    __global const float* restrict weights,
    __global float* restrict y,
    const int rows,
    const int columns,
    const int depth,
    const int stride) {
  __local float left[128];
  __local float right[128];
  const int wg_1 = (int)get_group_id(0);
  const int wg_2 = (int)get_group_id(1);
  const int row_3 = (wg_2 * 16);
  const int lid_4 = (int)get_local_id(0);
  const int lid_5 = (int)get_local_id(1);
  const int thread_6 = ((lid_5 * 4) + lid_4);
  const int blocks_7 = ((depth + 7) / 8);
  float4 sum_8 = (float4)(0.0f);
  float4 sum_9 = (float4)(0.0f);
  for (int i_10 = 0; i_10 < blocks_7; i_10 += 1) {
    const int base_11 = (i_10 * 8);
    const int from_12 = (((wg_1 * blocks_7) + i_10) * 128);
    if ((thread_6 < 32)) {
      const int k_13 = (base_11 + ((thread_6 % 2) * 4));
      const int line_14 = min((row_3 + (thread_6 / 2)), (rows - 1));
      const float4 x_15 = vload4(0, x + ((line_14 * stride) + min(k_13, (stride - 4))));
      vstore4(select((float4)(0.0f), x_15, ((int4)(0, 1, 2, 3) < (int4)((depth - k_13)))), 0, left + (thread_6 * 4));
    }
    if ((thread_6 < 32)) {
      const float4 x_16 = vload4(0, weights + (from_12 + (thread_6 * 4)));
      vstore4(x_16, 0, right + (thread_6 * 4));
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    const float4 x_17 = vload4(0, left + ((lid_5 * 2) * 8));
    const float4 x_18 = vload4(0, left + (((lid_5 * 2) + 1) * 8));
    const float4 x_19 = vload4(0, right + (lid_4 * 4));
    sum_8 = fma((float4)(x_17.s0), x_19, sum_8);
    sum_9 = fma((float4)(x_18.s0), x_19, sum_9);
    const float4 x_20 = vload4(0, right + ((lid_4 * 4) + 16));
    sum_8 = fma((float4)(x_17.s1), x_20, sum_8);
    sum_9 = fma((float4)(x_18.s1), x_20, sum_9);
    const float4 x_21 = vload4(0, right + ((lid_4 * 4) + 32));
    sum_8 = fma((float4)(x_17.s2), x_21, sum_8);
    sum_9 = fma((float4)(x_18.s2), x_21, sum_9);
    const float4 x_22 = vload4(0, right + ((lid_4 * 4) + 48));
    sum_8 = fma((float4)(x_17.s3), x_22, sum_8);
    sum_9 = fma((float4)(x_18.s3), x_22, sum_9);
    const float4 x_23 = vload4(0, left + (((lid_5 * 2) * 8) + 4));
    const float4 x_24 = vload4(0, left + ((((lid_5 * 2) + 1) * 8) + 4));
    const float4 x_25 = vload4(0, right + ((lid_4 * 4) + 64));
    sum_8 = fma((float4)(x_23.s0), x_25, sum_8);
    sum_9 = fma((float4)(x_24.s0), x_25, sum_9);
    const float4 x_26 = vload4(0, right + ((lid_4 * 4) + 80));
    sum_8 = fma((float4)(x_23.s1), x_26, sum_8);
    sum_9 = fma((float4)(x_24.s1), x_26, sum_9);
    const float4 x_27 = vload4(0, right + ((lid_4 * 4) + 96));
    sum_8 = fma((float4)(x_23.s2), x_27, sum_8);
    sum_9 = fma((float4)(x_24.s2), x_27, sum_9);
    const float4 x_28 = vload4(0, right + ((lid_4 * 4) + 112));
    sum_8 = fma((float4)(x_23.s3), x_28, sum_8);
    sum_9 = fma((float4)(x_24.s3), x_28, sum_9);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  const int channel_29 = (min((wg_1 * 16), (columns - 16)) + (lid_4 * 4));
  const int here_30 = (row_3 + (lid_5 * 2));
  if ((here_30 < rows)) {
    const int out_31 = ((here_30 * columns) + channel_29);
    vstore4(sum_8, 0, y + out_31);
  }
  const int here_32 = ((row_3 + (lid_5 * 2)) + 1);
  if ((here_32 < rows)) {
    const int out_33 = ((here_32 * columns) + channel_29);
    vstore4(sum_9, 0, y + out_33);
  }
}
