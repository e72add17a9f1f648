__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_gemm_t2x24_bias_relu6_add(
    __global const float* restrict x,
    __global const float* restrict weights,
    __global const float* restrict bias,
    __global const float* restrict residual,
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
    const float16 r_16 = vload16(0, weights + at_15);
    const float8 r_17 = vload8(0, weights + (at_15 + 16));
    sum_8 = fma((float16)(l_13), r_16, sum_8);
    sum_9 = fma((float8)(l_13), r_17, sum_9);
    sum_10 = fma((float16)(l_14), r_16, sum_10);
    sum_11 = fma((float8)(l_14), r_17, sum_11);
  }
  const int c_18 = (row_3 * columns);
  const int c_19 = ((row_3 + 1) * columns);
  const int out_20 = (c_18 + column_4);
  const float16 t_21 = sum_8;
  const float16 bias_22 = vload16(0, bias + column_4);
  const float16 t_23 = (t_21 + bias_22);
  const float16 t_24 = fmin(fmax(t_23, (float16)(0.0f)), (float16)(6.0f));
  const float16 residual_25 = vload16(0, residual + out_20);
  vstore16((t_24 + residual_25), 0, y + out_20);
  const int channel_26 = (column_4 + 16);
  const int out_27 = (c_18 + channel_26);
  const float8 t_28 = sum_9;
  const float8 bias_29 = vload8(0, bias + channel_26);
  const float8 t_30 = (t_28 + bias_29);
  const float8 t_31 = fmin(fmax(t_30, (float8)(0.0f)), (float8)(6.0f));
  const float8 residual_32 = vload8(0, residual + out_27);
  vstore8((t_31 + residual_32), 0, y + out_27);
  const int out_33 = (c_19 + column_4);
  const float16 t_34 = sum_10;
  const float16 bias_35 = vload16(0, bias + column_4);
  const float16 t_36 = (t_34 + bias_35);
  const float16 t_37 = fmin(fmax(t_36, (float16)(0.0f)), (float16)(6.0f));
  const float16 residual_38 = vload16(0, residual + out_33);
  vstore16((t_37 + residual_38), 0, y + out_33);
  const int channel_39 = (column_4 + 16);
  const int out_40 = (c_19 + channel_39);
  const float8 t_41 = sum_11;
  const float8 bias_42 = vload8(0, bias + channel_39);
  const float8 t_43 = (t_41 + bias_42);
  const float8 t_44 = fmin(fmax(t_43, (float8)(0.0f)), (float8)(6.0f));
  const float8 residual_45 = vload8(0, residual + out_40);
  vstore8((t_44 + residual_45), 0, y + out_40);
}
