__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_conv2d_2x2_nhwc_t1x16_c3(
    __global const float* restrict x,
    __global const float* restrict weights,
    __global float* restrict y,
    const int pixels,
    const int out_height,
    const int out_width,
    const int height,
    const int width,
    const int channels,
    const int above,
    const int before,
    const int columns,
    const int group_columns,
    const int depth,
    const int panels,
    const int span) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int row_3 = min(gid_1, (pixels - 1));
  const int column_4 = min((gid_2 * 16), (group_columns - 16));
  const int line_5 = (row_3 / out_width);
  const int image_6 = (line_5 / out_height);
  const int top_7 = ((line_5 - (image_6 * out_height)) - above);
  const int left_8 = ((row_3 - (line_5 * out_width)) - before);
  const int picture_9 = (image_6 * ((height * width) * channels));
  float16 sum_10 = (float16)(0.0f);
  const int first_11 = (gid_2 * (depth * 64));
  for (int i_12 = 0; i_12 < 2; i_12 += 1) {
    const int panel_13 = (first_11 + (i_12 * 96));
    const int y_14 = (top_7 + i_12);
    const int a_15 = (picture_9 + (((y_14 * width) + left_8) * channels));
    const bool ok_16 = (((uint)(y_14) < (uint)(height)) && ((uint)(left_8) < (uint)(width)));
    const bool ok_17 = (((uint)(y_14) < (uint)(height)) && ((uint)((left_8 + 1)) < (uint)(width)));
    if ((ok_16 && ok_17)) {
      const float l_18 = x[a_15];
      const float16 r_19 = vload16(0, weights + panel_13);
      sum_10 = fma((float16)(l_18), r_19, sum_10);
      const float l_20 = x[(a_15 + 1)];
      const int at_21 = (panel_13 + 16);
      const float16 r_22 = vload16(0, weights + at_21);
      sum_10 = fma((float16)(l_20), r_22, sum_10);
      const float l_23 = x[(a_15 + 2)];
      const int at_24 = (panel_13 + 32);
      const float16 r_25 = vload16(0, weights + at_24);
      sum_10 = fma((float16)(l_23), r_25, sum_10);
      const float l_26 = x[(a_15 + channels)];
      const int at_27 = (panel_13 + 48);
      const float16 r_28 = vload16(0, weights + at_27);
      sum_10 = fma((float16)(l_26), r_28, sum_10);
      const float l_29 = x[((a_15 + channels) + 1)];
      const int at_30 = (panel_13 + 64);
      const float16 r_31 = vload16(0, weights + at_30);
      sum_10 = fma((float16)(l_29), r_31, sum_10);
      const float l_32 = x[((a_15 + channels) + 2)];
      const int at_33 = (panel_13 + 80);
      const float16 r_34 = vload16(0, weights + at_33);
      sum_10 = fma((float16)(l_32), r_34, sum_10);
    } else {
      for (int i_35 = 0; i_35 < 2; i_35 += 1) {
        const bool ok_36 = (((uint)(y_14) < (uint)(height)) && ((uint)((left_8 + i_35)) < (uint)(width)));
        const int a_37 = (ok_36 ? (a_15 + (channels * i_35)) : 0);
        const int at_38 = (panel_13 + (i_35 * 48));
        for (int i_39 = 0; i_39 < 3; i_39 += 1) {
          const float l_40 = x[(a_37 + i_39)];
          const float l_41 = (ok_36 ? l_40 : 0.0f);
          const int at_42 = (at_38 + (i_39 * 16));
          const float16 r_43 = vload16(0, weights + at_42);
          sum_10 = fma((float16)(l_41), r_43, sum_10);
        }
      }
    }
  }
  const int c_44 = (row_3 * columns);
  const int out_45 = (c_44 + column_4);
  vstore16(sum_10, 0, y + out_45);
}
