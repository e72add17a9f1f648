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
      const bool ok_18 = (((uint)(y_14) < (uint)(height)) && ((uint)(left_8) < (uint)(width)));
      const float l_19 = x[a_15];
      const float16 r_20 = vload16(0, weights + panel_13);
      sum_10 = fma((float16)(l_19), r_20, sum_10);
      const float l_21 = x[(a_15 + 1)];
      const int at_22 = (panel_13 + 16);
      const float16 r_23 = vload16(0, weights + at_22);
      sum_10 = fma((float16)(l_21), r_23, sum_10);
      const float l_24 = x[(a_15 + 2)];
      const int at_25 = (panel_13 + 32);
      const float16 r_26 = vload16(0, weights + at_25);
      sum_10 = fma((float16)(l_24), r_26, sum_10);
      const bool ok_27 = (((uint)(y_14) < (uint)(height)) && ((uint)((left_8 + 1)) < (uint)(width)));
      const float l_28 = x[(a_15 + channels)];
      const int at_29 = (panel_13 + 48);
      const float16 r_30 = vload16(0, weights + at_29);
      sum_10 = fma((float16)(l_28), r_30, sum_10);
      const float l_31 = x[((a_15 + channels) + 1)];
      const int at_32 = (panel_13 + 64);
      const float16 r_33 = vload16(0, weights + at_32);
      sum_10 = fma((float16)(l_31), r_33, sum_10);
      const float l_34 = x[((a_15 + channels) + 2)];
      const int at_35 = (panel_13 + 80);
      const float16 r_36 = vload16(0, weights + at_35);
      sum_10 = fma((float16)(l_34), r_36, sum_10);
    } else {
      const bool ok_37 = (((uint)(y_14) < (uint)(height)) && ((uint)(left_8) < (uint)(width)));
      const int a_38 = (ok_37 ? a_15 : 0);
      const float l_39 = x[a_38];
      const float l_40 = (ok_37 ? l_39 : 0.0f);
      const float16 r_41 = vload16(0, weights + panel_13);
      sum_10 = fma((float16)(l_40), r_41, sum_10);
      const float l_42 = x[(a_38 + 1)];
      const float l_43 = (ok_37 ? l_42 : 0.0f);
      const int at_44 = (panel_13 + 16);
      const float16 r_45 = vload16(0, weights + at_44);
      sum_10 = fma((float16)(l_43), r_45, sum_10);
      const float l_46 = x[(a_38 + 2)];
      const float l_47 = (ok_37 ? l_46 : 0.0f);
      const int at_48 = (panel_13 + 32);
      const float16 r_49 = vload16(0, weights + at_48);
      sum_10 = fma((float16)(l_47), r_49, sum_10);
      const bool ok_50 = (((uint)(y_14) < (uint)(height)) && ((uint)((left_8 + 1)) < (uint)(width)));
      const int a_51 = (ok_50 ? (a_15 + channels) : 0);
      const float l_52 = x[a_51];
      const float l_53 = (ok_50 ? l_52 : 0.0f);
      const int at_54 = (panel_13 + 48);
      const float16 r_55 = vload16(0, weights + at_54);
      sum_10 = fma((float16)(l_53), r_55, sum_10);
      const float l_56 = x[(a_51 + 1)];
      const float l_57 = (ok_50 ? l_56 : 0.0f);
      const int at_58 = (panel_13 + 64);
      const float16 r_59 = vload16(0, weights + at_58);
      sum_10 = fma((float16)(l_57), r_59, sum_10);
      const float l_60 = x[(a_51 + 2)];
      const float l_61 = (ok_50 ? l_60 : 0.0f);
      const int at_62 = (panel_13 + 80);
      const float16 r_63 = vload16(0, weights + at_62);
      sum_10 = fma((float16)(l_61), r_63, sum_10);
    }
  }
  const int c_64 = (row_3 * columns);
  const int out_65 = (c_64 + column_4);
  vstore16(sum_10, 0, y + out_65);
}
