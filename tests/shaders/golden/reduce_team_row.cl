__attribute__((reqd_work_group_size(1, 128, 1)))
__kernel void f32_max_team1_row(
    __global const float* restrict x,
    __global float* restrict y,
    const int span,
    const int last,
    const int vectors,
    const int kept_by_a,
    const int width,
    const int loads) {
  __local float partial[512];
  const int wg_1 = (int)get_group_id(0);
  const int wg_2 = (int)get_group_id(1);
  const int group_3 = min((wg_1 + (wg_2 * span)), last);
  const int lid_4 = (int)get_local_id(0);
  const int lid_5 = (int)get_local_id(1);
  const int column_6 = (min(((group_3 - group_3) + lid_4), (vectors - 1)) * 4);
  const int at_7 = (group_3 * kept_by_a);
  float4 parts_8 = (float4)((-3.4028234663852886e+38f));
  for (int i_9 = lid_5; i_9 < loads; i_9 += 128) {
    const int row_10 = (i_9 / vectors);
    const int within_11 = ((i_9 - (row_10 * vectors)) * 4);
    const float4 x_12 = vload4(0, x + (at_7 + within_11));
    const float4 valid_13 = select((float4)((-3.4028234663852886e+38f)), x_12, ((int4)(0, 1, 2, 3) < (int4)((width - within_11))));
    parts_8 = fmax(parts_8, valid_13);
  }
  vstore4(parts_8, 0, partial + ((lid_5 + lid_4) * 4));
  barrier(CLK_LOCAL_MEM_FENCE);
  if ((lid_5 < 1)) {
    float4 total_14 = (float4)((-3.4028234663852886e+38f));
    for (int i_15 = 0; i_15 < 128; i_15 += 1) {
      const float4 x_16 = vload4(0, partial + ((i_15 + lid_4) * 4));
      total_14 = fmax(total_14, x_16);
    }
    const float whole_17 = fmax(fmax(total_14.s0, total_14.s2), fmax(total_14.s1, total_14.s3));
    y[(group_3 * 4)] = whole_17;
  }
}
