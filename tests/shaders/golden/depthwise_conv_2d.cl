__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_dwconv2d_2x2_nhwc_line2x16(
    __global const float* restrict x,
    __global const float* restrict weights,
    __global float* restrict y,
    const int out_height,
    const int out_width,
    const int height,
    const int width,
    const int channels,
    const int columns,
    const int above,
    const int before,
    const int first,
    const int end) {
  const int gid_1 = (int)get_global_id(0);
  const int channel_2 = min((gid_1 * 16), (columns - 16));
  const int gid_3 = (int)get_global_id(1);
  const int image_4 = (gid_3 / out_height);
  const int top_5 = ((gid_3 - (image_4 * out_height)) - above);
  const float16 w_6 = vload16(0, weights + channel_2);
  const float16 w_7 = vload16(0, weights + (channel_2 + columns));
  const float16 w_8 = vload16(0, weights + (channel_2 + (columns * 2)));
  const float16 w_9 = vload16(0, weights + (channel_2 + (columns * 3)));
  const int y_10 = (top_5 + 1);
  const bool ok_11 = ((uint)(top_5) < (uint)(height));
  const bool ok_12 = ((uint)(y_10) < (uint)(height));
  const int line_13 = (((image_4 * height) + top_5) * (width * channels));
  const int line_14 = (((image_4 * height) + y_10) * (width * channels));
  for (int i_15 = 0; i_15 < first; i_15 += 1) {
    float16 sum_16 = (float16)(0.0f);
    const int at_17 = (i_15 - before);
    if (((ok_11 && (at_17 >= 0)) && (at_17 < width))) {
      const float16 x_18 = vload16(0, x + ((line_13 + (at_17 * channels)) + channel_2));
      sum_16 = fma(x_18, w_6, sum_16);
    }
    const int at_19 = ((i_15 + 1) - before);
    if (((ok_11 && (at_19 >= 0)) && (at_19 < width))) {
      const float16 x_20 = vload16(0, x + ((line_13 + (at_19 * channels)) + channel_2));
      sum_16 = fma(x_20, w_7, sum_16);
    }
    const int at_21 = (i_15 - before);
    if (((ok_12 && (at_21 >= 0)) && (at_21 < width))) {
      const float16 x_22 = vload16(0, x + ((line_14 + (at_21 * channels)) + channel_2));
      sum_16 = fma(x_22, w_8, sum_16);
    }
    const int at_23 = ((i_15 + 1) - before);
    if (((ok_12 && (at_23 >= 0)) && (at_23 < width))) {
      const float16 x_24 = vload16(0, x + ((line_14 + (at_23 * channels)) + channel_2));
      sum_16 = fma(x_24, w_9, sum_16);
    }
    const int out_25 = ((((gid_3 * out_width) + i_15) * columns) + channel_2);
    vstore16(sum_16, 0, y + out_25);
  }
  for (int i_26 = first; i_26 < end; i_26 += 2) {
    const int pixel_27 = min(i_26, (end - 2));
    float16 sum_28 = (float16)(0.0f);
    float16 sum_29 = (float16)(0.0f);
    const int left_30 = (pixel_27 - before);
    if (ok_11) {
      const float16 x_31 = vload16(0, x + ((line_13 + (left_30 * channels)) + channel_2));
      sum_28 = fma(x_31, w_6, sum_28);
      const float16 x_32 = vload16(0, x + ((line_13 + ((left_30 + 1) * channels)) + channel_2));
      sum_28 = fma(x_32, w_7, sum_28);
      sum_29 = fma(x_32, w_6, sum_29);
      const float16 x_33 = vload16(0, x + ((line_13 + ((left_30 + 2) * channels)) + channel_2));
      sum_29 = fma(x_33, w_7, sum_29);
    }
    if (ok_12) {
      const float16 x_34 = vload16(0, x + ((line_14 + (left_30 * channels)) + channel_2));
      sum_28 = fma(x_34, w_8, sum_28);
      const float16 x_35 = vload16(0, x + ((line_14 + ((left_30 + 1) * channels)) + channel_2));
      sum_28 = fma(x_35, w_9, sum_28);
      sum_29 = fma(x_35, w_8, sum_29);
      const float16 x_36 = vload16(0, x + ((line_14 + ((left_30 + 2) * channels)) + channel_2));
      sum_29 = fma(x_36, w_9, sum_29);
    }
    const int out_37 = ((((gid_3 * out_width) + pixel_27) * columns) + channel_2);
    vstore16(sum_28, 0, y + out_37);
    const int here_38 = (pixel_27 + 1);
    const int out_39 = ((((gid_3 * out_width) + here_38) * columns) + channel_2);
    vstore16(sum_29, 0, y + out_39);
  }
  for (int i_40 = end; i_40 < out_width; i_40 += 1) {
    float16 sum_41 = (float16)(0.0f);
    const int at_42 = (i_40 - before);
    if (((ok_11 && (at_42 >= 0)) && (at_42 < width))) {
      const float16 x_43 = vload16(0, x + ((line_13 + (at_42 * channels)) + channel_2));
      sum_41 = fma(x_43, w_6, sum_41);
    }
    const int at_44 = ((i_40 + 1) - before);
    if (((ok_11 && (at_44 >= 0)) && (at_44 < width))) {
      const float16 x_45 = vload16(0, x + ((line_13 + (at_44 * channels)) + channel_2));
      sum_41 = fma(x_45, w_7, sum_41);
    }
    const int at_46 = (i_40 - before);
    if (((ok_12 && (at_46 >= 0)) && (at_46 < width))) {
      const float16 x_47 = vload16(0, x + ((line_14 + (at_46 * channels)) + channel_2));
      sum_41 = fma(x_47, w_8, sum_41);
    }
    const int at_48 = ((i_40 + 1) - before);
    if (((ok_12 && (at_48 >= 0)) && (at_48 < width))) {
      const float16 x_49 = vload16(0, x + ((line_14 + (at_48 * channels)) + channel_2));
      sum_41 = fma(x_49, w_9, sum_41);
    }
    const int out_50 = ((((gid_3 * out_width) + i_40) * columns) + channel_2);
    vstore16(sum_41, 0, y + out_50);
  }
}
