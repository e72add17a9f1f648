#ifndef MIN_F32X16
#define MIN_F32X16
__attribute__((always_inline)) float16 min_f32x16(float16 a, float16 b) { return a < b ? a : b; }
#endif
#ifndef MAX_F32X16
#define MAX_F32X16
__attribute__((always_inline)) float16 max_f32x16(float16 a, float16 b) { return a > b ? a : b; }
#endif
#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_winograd_output2x16_bias_relu6_add(
    __global const float* restrict x,
    __global const float* restrict bias,
    __global const float* restrict residual,
    __global float* restrict y,
    const int first,
    const int pitch,
    const int down,
    const int across,
    const int height,
    const int width,
    const int channels) {
  const int gid_1 = (int)get_global_id(0);
  const int square_2 = (first + gid_1);
  const int line_3 = (square_2 / across);
  const int picture_4 = (line_3 / down);
  const int top_5 = ((line_3 - (picture_4 * down)) * 2);
  const int left_6 = ((square_2 - (line_3 * across)) * 2);
  for (int i_7 = 0; i_7 < channels; i_7 += 16) {
    const int channel_8 = min(i_7, (channels - 16));
    const float16 bias_9 = *(__global const f32x16_packed*)(bias + channel_8);
    const int at_10 = ((gid_1 * channels) + channel_8);
    const float16 x_11 = *(__global const f32x16_packed*)(x + at_10);
    const float16 x_12 = *(__global const f32x16_packed*)(x + (at_10 + (4 * pitch)));
    const float16 x_13 = *(__global const f32x16_packed*)(x + (at_10 + (8 * pitch)));
    const float16 x_14 = *(__global const f32x16_packed*)(x + (at_10 + (12 * pitch)));
    const float16 t_15 = ((x_11 + x_12) + x_13);
    const float16 t_16 = ((x_12 - x_13) + x_14);
    const float16 x_17 = *(__global const f32x16_packed*)(x + (at_10 + pitch));
    const float16 x_18 = *(__global const f32x16_packed*)(x + (at_10 + (5 * pitch)));
    const float16 x_19 = *(__global const f32x16_packed*)(x + (at_10 + (9 * pitch)));
    const float16 x_20 = *(__global const f32x16_packed*)(x + (at_10 + (13 * pitch)));
    const float16 t_21 = ((x_17 + x_18) + x_19);
    const float16 t_22 = ((x_18 - x_19) + x_20);
    const float16 x_23 = *(__global const f32x16_packed*)(x + (at_10 + (2 * pitch)));
    const float16 x_24 = *(__global const f32x16_packed*)(x + (at_10 + (6 * pitch)));
    const float16 x_25 = *(__global const f32x16_packed*)(x + (at_10 + (10 * pitch)));
    const float16 x_26 = *(__global const f32x16_packed*)(x + (at_10 + (14 * pitch)));
    const float16 t_27 = ((x_23 + x_24) + x_25);
    const float16 t_28 = ((x_24 - x_25) + x_26);
    const float16 x_29 = *(__global const f32x16_packed*)(x + (at_10 + (3 * pitch)));
    const float16 x_30 = *(__global const f32x16_packed*)(x + (at_10 + (7 * pitch)));
    const float16 x_31 = *(__global const f32x16_packed*)(x + (at_10 + (11 * pitch)));
    const float16 x_32 = *(__global const f32x16_packed*)(x + (at_10 + (15 * pitch)));
    const float16 t_33 = ((x_29 + x_30) + x_31);
    const float16 t_34 = ((x_30 - x_31) + x_32);
    const float16 t_35 = ((t_15 + t_21) + t_27);
    const float16 t_36 = ((t_21 - t_27) + t_33);
    const int start_37 = ((((((picture_4 * height) + top_5) * width) + left_6) * channels) + channel_8);
    if (((top_5 < height) && (left_6 < width))) {
      const float16 t_38 = (t_35 + bias_9);
      const float16 residual_39 = *(__global const f32x16_packed*)(residual + start_37);
      const float16 t_40 = min_f32x16(max_f32x16(t_38, (float16)(0.0f)), (float16)(6.0f));
      *(__global f32x16_packed*)(y + start_37) = (t_40 + residual_39);
    }
    if (((top_5 < height) && ((left_6 + 1) < width))) {
      const int out_41 = (start_37 + channels);
      const float16 t_42 = (t_36 + bias_9);
      const float16 residual_43 = *(__global const f32x16_packed*)(residual + out_41);
      const float16 t_44 = min_f32x16(max_f32x16(t_42, (float16)(0.0f)), (float16)(6.0f));
      *(__global f32x16_packed*)(y + out_41) = (t_44 + residual_43);
    }
    const float16 t_45 = ((t_16 + t_22) + t_28);
    const float16 t_46 = ((t_22 - t_28) + t_34);
    const int start_47 = (((((((picture_4 * height) + top_5) + 1) * width) + left_6) * channels) + channel_8);
    if ((((top_5 + 1) < height) && (left_6 < width))) {
      const float16 t_48 = (t_45 + bias_9);
      const float16 residual_49 = *(__global const f32x16_packed*)(residual + start_47);
      const float16 t_50 = min_f32x16(max_f32x16(t_48, (float16)(0.0f)), (float16)(6.0f));
      *(__global f32x16_packed*)(y + start_47) = (t_50 + residual_49);
    }
    if ((((top_5 + 1) < height) && ((left_6 + 1) < width))) {
      const int out_51 = (start_47 + channels);
      const float16 t_52 = (t_46 + bias_9);
      const float16 residual_53 = *(__global const f32x16_packed*)(residual + out_51);
      const float16 t_54 = min_f32x16(max_f32x16(t_52, (float16)(0.0f)), (float16)(6.0f));
      *(__global f32x16_packed*)(y + out_51) = (t_54 + residual_53);
    }
  }
}
