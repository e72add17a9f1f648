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
__kernel void f32_conv2d_2x2_nhwc_linet2x16_c3by4_bias_relu6_add(
    __global const float* restrict x,
    __global const float* restrict weights,
    __global const float* restrict bias,
    __global const float* restrict residual,
    __global float* restrict y,
    const int out_height,
    const int out_width,
    const int height,
    const int width,
    const int above,
    const int before,
    const int columns,
    const int first,
    const int end) {
  const int gid_1 = (int)get_global_id(0);
  const int gid_2 = (int)get_global_id(1);
  const int column_3 = min((gid_2 * 16), (columns - 16));
  const int image_4 = (gid_1 / out_height);
  const int top_5 = ((gid_1 - (image_4 * out_height)) - above);
  const int first_6 = (gid_2 * 192);
  const int picture_7 = (image_4 * height);
  const float16 bias_8 = *(__global const f32x16_packed*)(bias + column_3);
  for (int i_9 = 0; i_9 < (first + (out_width - end)); i_9 += 1) {
    const int pixel_10 = ((i_9 < first) ? i_9 : ((i_9 - first) + end));
    float16 sum_11 = (float16)(0.0f);
    const int left_12 = (pixel_10 - before);
    for (int i_13 = 0; i_13 < 2; i_13 += 1) {
      const int y_14 = (top_5 + i_13);
      const int at_15 = (first_6 + (i_13 * 96));
      for (int i_16 = 0; i_16 < 2; i_16 += 1) {
        const int column_17 = (left_12 + i_16);
        const int at_18 = (at_15 + (i_16 * 48));
        if (((((y_14 >= 0) && (y_14 < height)) && (column_17 >= 0)) && (column_17 < width))) {
          const int a_19 = ((((picture_7 + y_14) * width) + column_17) * 4);
          const float l_20 = x[a_19];
          const float16 r_21 = *(__global const f32x16_packed*)(weights + at_18);
          sum_11 = fma((float16)(l_20), r_21, sum_11);
          const float l_22 = x[(a_19 + 1)];
          const int at_23 = (at_18 + 16);
          const float16 r_24 = *(__global const f32x16_packed*)(weights + at_23);
          sum_11 = fma((float16)(l_22), r_24, sum_11);
          const float l_25 = x[(a_19 + 2)];
          const int at_26 = (at_18 + 32);
          const float16 r_27 = *(__global const f32x16_packed*)(weights + at_26);
          sum_11 = fma((float16)(l_25), r_27, sum_11);
        }
      }
    }
    const int c_28 = (((gid_1 * out_width) + pixel_10) * columns);
    const int out_29 = (c_28 + column_3);
    const float16 t_30 = sum_11;
    const float16 t_31 = (t_30 + bias_8);
    const float16 residual_32 = *(__global const f32x16_packed*)(residual + out_29);
    const float16 t_33 = min_f32x16(max_f32x16(t_31, (float16)(0.0f)), (float16)(6.0f));
    *(__global f32x16_packed*)(y + out_29) = (t_33 + residual_32);
  }
  for (int i_34 = first; i_34 < end; i_34 += 2) {
    const int pixel_35 = min(i_34, (end - 2));
    float16 sum_36 = (float16)(0.0f);
    float16 sum_37 = (float16)(0.0f);
    const int left_38 = (pixel_35 - before);
    for (int i_39 = 0; i_39 < 2; i_39 += 1) {
      const int y_40 = (top_5 + i_39);
      const int at_41 = (first_6 + (i_39 * 96));
      if (((y_40 >= 0) && (y_40 < height))) {
        const int a_42 = ((((picture_7 + y_40) * width) + left_38) * 4);
        const float l_43 = x[a_42];
        const float l_44 = x[(a_42 + 4)];
        const float16 r_45 = *(__global const f32x16_packed*)(weights + at_41);
        sum_36 = fma((float16)(l_43), r_45, sum_36);
        sum_37 = fma((float16)(l_44), r_45, sum_37);
        const float l_46 = x[(a_42 + 1)];
        const float l_47 = x[(a_42 + 5)];
        const int at_48 = (at_41 + 16);
        const float16 r_49 = *(__global const f32x16_packed*)(weights + at_48);
        sum_36 = fma((float16)(l_46), r_49, sum_36);
        sum_37 = fma((float16)(l_47), r_49, sum_37);
        const float l_50 = x[(a_42 + 2)];
        const float l_51 = x[(a_42 + 6)];
        const int at_52 = (at_41 + 32);
        const float16 r_53 = *(__global const f32x16_packed*)(weights + at_52);
        sum_36 = fma((float16)(l_50), r_53, sum_36);
        sum_37 = fma((float16)(l_51), r_53, sum_37);
        const float l_54 = x[(a_42 + 4)];
        const float l_55 = x[(a_42 + 8)];
        const int at_56 = (at_41 + 48);
        const float16 r_57 = *(__global const f32x16_packed*)(weights + at_56);
        sum_36 = fma((float16)(l_54), r_57, sum_36);
        sum_37 = fma((float16)(l_55), r_57, sum_37);
        const float l_58 = x[(a_42 + 5)];
        const float l_59 = x[(a_42 + 9)];
        const int at_60 = (at_41 + 64);
        const float16 r_61 = *(__global const f32x16_packed*)(weights + at_60);
        sum_36 = fma((float16)(l_58), r_61, sum_36);
        sum_37 = fma((float16)(l_59), r_61, sum_37);
        const float l_62 = x[(a_42 + 6)];
        const float l_63 = x[(a_42 + 10)];
        const int at_64 = (at_41 + 80);
        const float16 r_65 = *(__global const f32x16_packed*)(weights + at_64);
        sum_36 = fma((float16)(l_62), r_65, sum_36);
        sum_37 = fma((float16)(l_63), r_65, sum_37);
      }
    }
    const int c_66 = (((gid_1 * out_width) + pixel_35) * columns);
    const int c_67 = ((((gid_1 * out_width) + pixel_35) + 1) * columns);
    const int out_68 = (c_66 + column_3);
    const int out_69 = (c_67 + column_3);
    const float16 t_70 = sum_36;
    const float16 t_71 = (t_70 + bias_8);
    const float16 residual_72 = *(__global const f32x16_packed*)(residual + out_68);
    const float16 t_73 = min_f32x16(max_f32x16(t_71, (float16)(0.0f)), (float16)(6.0f));
    *(__global f32x16_packed*)(y + out_68) = (t_73 + residual_72);
    const float16 t_74 = sum_37;
    const float16 t_75 = (t_74 + bias_8);
    const float16 residual_76 = *(__global const f32x16_packed*)(residual + out_69);
    const float16 t_77 = min_f32x16(max_f32x16(t_75, (float16)(0.0f)), (float16)(6.0f));
    *(__global f32x16_packed*)(y + out_69) = (t_77 + residual_76);
  }
}
