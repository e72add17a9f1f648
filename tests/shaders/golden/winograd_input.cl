#ifndef F32X16_PACKED
#define F32X16_PACKED
typedef float16 f32x16_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_winograd_input2x16(
    __global const float* restrict x,
    __global float* restrict y,
    const int first,
    const int pitch,
    const int down,
    const int across,
    const int height,
    const int width,
    const int channels,
    const int above,
    const int before) {
  const int gid_1 = (int)get_global_id(0);
  const int square_2 = (first + gid_1);
  const int line_3 = (square_2 / across);
  const int picture_4 = (line_3 / down);
  const int top_5 = (((line_3 - (picture_4 * down)) * 2) - above);
  const int left_6 = (((square_2 - (line_3 * across)) * 2) - before);
  const int place_7 = min(max(top_5, 0), (height - 1));
  const int place_8 = min(max((top_5 + 1), 0), (height - 1));
  const int place_9 = min(max((top_5 + 2), 0), (height - 1));
  const int place_10 = min(max((top_5 + 3), 0), (height - 1));
  const bool ok_11 = ((uint)(top_5) < (uint)(height));
  const bool ok_12 = ((uint)((top_5 + 1)) < (uint)(height));
  const bool ok_13 = ((uint)((top_5 + 2)) < (uint)(height));
  const bool ok_14 = ((uint)((top_5 + 3)) < (uint)(height));
  const int place_15 = min(max(left_6, 0), (width - 1));
  const int place_16 = min(max((left_6 + 1), 0), (width - 1));
  const int place_17 = min(max((left_6 + 2), 0), (width - 1));
  const int place_18 = min(max((left_6 + 3), 0), (width - 1));
  const bool ok_19 = ((uint)(left_6) < (uint)(width));
  const bool ok_20 = ((uint)((left_6 + 1)) < (uint)(width));
  const bool ok_21 = ((uint)((left_6 + 2)) < (uint)(width));
  const bool ok_22 = ((uint)((left_6 + 3)) < (uint)(width));
  const int start_23 = (((picture_4 * height) + place_7) * width);
  const int start_24 = (((picture_4 * height) + place_8) * width);
  const int start_25 = (((picture_4 * height) + place_9) * width);
  const int start_26 = (((picture_4 * height) + place_10) * width);
  for (int i_27 = 0; i_27 < channels; i_27 += 16) {
    const int channel_28 = min(i_27, (channels - 16));
    const int at_29 = ((gid_1 * channels) + channel_28);
    if (((((top_5 >= 0) && ((top_5 + 4) <= height)) && (left_6 >= 0)) && ((left_6 + 4) <= width))) {
      const float16 x_30 = *(__global const f32x16_packed*)(x + (((start_23 + place_15) * channels) + channel_28));
      const float16 x_31 = *(__global const f32x16_packed*)(x + (((start_24 + place_15) * channels) + channel_28));
      const float16 x_32 = *(__global const f32x16_packed*)(x + (((start_25 + place_15) * channels) + channel_28));
      const float16 x_33 = *(__global const f32x16_packed*)(x + (((start_26 + place_15) * channels) + channel_28));
      const float16 t_34 = (x_32 - (x_30 * (float16)(1.0f)));
      const float16 t_35 = (x_32 + x_31);
      const float16 t_36 = (x_32 - x_31);
      const float16 t_37 = (x_33 - (x_31 * (float16)(1.0f)));
      const float16 x_38 = *(__global const f32x16_packed*)(x + (((start_23 + place_16) * channels) + channel_28));
      const float16 x_39 = *(__global const f32x16_packed*)(x + (((start_24 + place_16) * channels) + channel_28));
      const float16 x_40 = *(__global const f32x16_packed*)(x + (((start_25 + place_16) * channels) + channel_28));
      const float16 x_41 = *(__global const f32x16_packed*)(x + (((start_26 + place_16) * channels) + channel_28));
      const float16 t_42 = (x_40 - (x_38 * (float16)(1.0f)));
      const float16 t_43 = (x_40 + x_39);
      const float16 t_44 = (x_40 - x_39);
      const float16 t_45 = (x_41 - (x_39 * (float16)(1.0f)));
      const float16 x_46 = *(__global const f32x16_packed*)(x + (((start_23 + place_17) * channels) + channel_28));
      const float16 x_47 = *(__global const f32x16_packed*)(x + (((start_24 + place_17) * channels) + channel_28));
      const float16 x_48 = *(__global const f32x16_packed*)(x + (((start_25 + place_17) * channels) + channel_28));
      const float16 x_49 = *(__global const f32x16_packed*)(x + (((start_26 + place_17) * channels) + channel_28));
      const float16 t_50 = (x_48 - (x_46 * (float16)(1.0f)));
      const float16 t_51 = (x_48 + x_47);
      const float16 t_52 = (x_48 - x_47);
      const float16 t_53 = (x_49 - (x_47 * (float16)(1.0f)));
      const float16 x_54 = *(__global const f32x16_packed*)(x + (((start_23 + place_18) * channels) + channel_28));
      const float16 x_55 = *(__global const f32x16_packed*)(x + (((start_24 + place_18) * channels) + channel_28));
      const float16 x_56 = *(__global const f32x16_packed*)(x + (((start_25 + place_18) * channels) + channel_28));
      const float16 x_57 = *(__global const f32x16_packed*)(x + (((start_26 + place_18) * channels) + channel_28));
      const float16 t_58 = (x_56 - (x_54 * (float16)(1.0f)));
      const float16 t_59 = (x_56 + x_55);
      const float16 t_60 = (x_56 - x_55);
      const float16 t_61 = (x_57 - (x_55 * (float16)(1.0f)));
      const float16 t_62 = (t_50 - (t_34 * (float16)(1.0f)));
      const float16 t_63 = (t_50 + t_42);
      const float16 t_64 = (t_50 - t_42);
      const float16 t_65 = (t_58 - (t_42 * (float16)(1.0f)));
      *(__global f32x16_packed*)(y + at_29) = t_62;
      *(__global f32x16_packed*)(y + (at_29 + pitch)) = t_63;
      *(__global f32x16_packed*)(y + (at_29 + (2 * pitch))) = t_64;
      *(__global f32x16_packed*)(y + (at_29 + (3 * pitch))) = t_65;
      const float16 t_66 = (t_51 - (t_35 * (float16)(1.0f)));
      const float16 t_67 = (t_51 + t_43);
      const float16 t_68 = (t_51 - t_43);
      const float16 t_69 = (t_59 - (t_43 * (float16)(1.0f)));
      *(__global f32x16_packed*)(y + (at_29 + (4 * pitch))) = t_66;
      *(__global f32x16_packed*)(y + (at_29 + (5 * pitch))) = t_67;
      *(__global f32x16_packed*)(y + (at_29 + (6 * pitch))) = t_68;
      *(__global f32x16_packed*)(y + (at_29 + (7 * pitch))) = t_69;
      const float16 t_70 = (t_52 - (t_36 * (float16)(1.0f)));
      const float16 t_71 = (t_52 + t_44);
      const float16 t_72 = (t_52 - t_44);
      const float16 t_73 = (t_60 - (t_44 * (float16)(1.0f)));
      *(__global f32x16_packed*)(y + (at_29 + (8 * pitch))) = t_70;
      *(__global f32x16_packed*)(y + (at_29 + (9 * pitch))) = t_71;
      *(__global f32x16_packed*)(y + (at_29 + (10 * pitch))) = t_72;
      *(__global f32x16_packed*)(y + (at_29 + (11 * pitch))) = t_73;
      const float16 t_74 = (t_53 - (t_37 * (float16)(1.0f)));
      const float16 t_75 = (t_53 + t_45);
      const float16 t_76 = (t_53 - t_45);
      const float16 t_77 = (t_61 - (t_45 * (float16)(1.0f)));
      *(__global f32x16_packed*)(y + (at_29 + (12 * pitch))) = t_74;
      *(__global f32x16_packed*)(y + (at_29 + (13 * pitch))) = t_75;
      *(__global f32x16_packed*)(y + (at_29 + (14 * pitch))) = t_76;
      *(__global f32x16_packed*)(y + (at_29 + (15 * pitch))) = t_77;
    } else {
      const float16 x_78 = *(__global const f32x16_packed*)(x + (((start_23 + place_15) * channels) + channel_28));
      const float16 t_79 = ((ok_11 && ok_19) ? x_78 : (float16)(0.0f));
      const float16 x_80 = *(__global const f32x16_packed*)(x + (((start_24 + place_15) * channels) + channel_28));
      const float16 t_81 = ((ok_12 && ok_19) ? x_80 : (float16)(0.0f));
      const float16 x_82 = *(__global const f32x16_packed*)(x + (((start_25 + place_15) * channels) + channel_28));
      const float16 t_83 = ((ok_13 && ok_19) ? x_82 : (float16)(0.0f));
      const float16 x_84 = *(__global const f32x16_packed*)(x + (((start_26 + place_15) * channels) + channel_28));
      const float16 t_85 = ((ok_14 && ok_19) ? x_84 : (float16)(0.0f));
      const float16 t_86 = (t_83 - (t_79 * (float16)(1.0f)));
      const float16 t_87 = (t_83 + t_81);
      const float16 t_88 = (t_83 - t_81);
      const float16 t_89 = (t_85 - (t_81 * (float16)(1.0f)));
      const float16 x_90 = *(__global const f32x16_packed*)(x + (((start_23 + place_16) * channels) + channel_28));
      const float16 t_91 = ((ok_11 && ok_20) ? x_90 : (float16)(0.0f));
      const float16 x_92 = *(__global const f32x16_packed*)(x + (((start_24 + place_16) * channels) + channel_28));
      const float16 t_93 = ((ok_12 && ok_20) ? x_92 : (float16)(0.0f));
      const float16 x_94 = *(__global const f32x16_packed*)(x + (((start_25 + place_16) * channels) + channel_28));
      const float16 t_95 = ((ok_13 && ok_20) ? x_94 : (float16)(0.0f));
      const float16 x_96 = *(__global const f32x16_packed*)(x + (((start_26 + place_16) * channels) + channel_28));
      const float16 t_97 = ((ok_14 && ok_20) ? x_96 : (float16)(0.0f));
      const float16 t_98 = (t_95 - (t_91 * (float16)(1.0f)));
      const float16 t_99 = (t_95 + t_93);
      const float16 t_100 = (t_95 - t_93);
      const float16 t_101 = (t_97 - (t_93 * (float16)(1.0f)));
      const float16 x_102 = *(__global const f32x16_packed*)(x + (((start_23 + place_17) * channels) + channel_28));
      const float16 t_103 = ((ok_11 && ok_21) ? x_102 : (float16)(0.0f));
      const float16 x_104 = *(__global const f32x16_packed*)(x + (((start_24 + place_17) * channels) + channel_28));
      const float16 t_105 = ((ok_12 && ok_21) ? x_104 : (float16)(0.0f));
      const float16 x_106 = *(__global const f32x16_packed*)(x + (((start_25 + place_17) * channels) + channel_28));
      const float16 t_107 = ((ok_13 && ok_21) ? x_106 : (float16)(0.0f));
      const float16 x_108 = *(__global const f32x16_packed*)(x + (((start_26 + place_17) * channels) + channel_28));
      const float16 t_109 = ((ok_14 && ok_21) ? x_108 : (float16)(0.0f));
      const float16 t_110 = (t_107 - (t_103 * (float16)(1.0f)));
      const float16 t_111 = (t_107 + t_105);
      const float16 t_112 = (t_107 - t_105);
      const float16 t_113 = (t_109 - (t_105 * (float16)(1.0f)));
      const float16 x_114 = *(__global const f32x16_packed*)(x + (((start_23 + place_18) * channels) + channel_28));
      const float16 t_115 = ((ok_11 && ok_22) ? x_114 : (float16)(0.0f));
      const float16 x_116 = *(__global const f32x16_packed*)(x + (((start_24 + place_18) * channels) + channel_28));
      const float16 t_117 = ((ok_12 && ok_22) ? x_116 : (float16)(0.0f));
      const float16 x_118 = *(__global const f32x16_packed*)(x + (((start_25 + place_18) * channels) + channel_28));
      const float16 t_119 = ((ok_13 && ok_22) ? x_118 : (float16)(0.0f));
      const float16 x_120 = *(__global const f32x16_packed*)(x + (((start_26 + place_18) * channels) + channel_28));
      const float16 t_121 = ((ok_14 && ok_22) ? x_120 : (float16)(0.0f));
      const float16 t_122 = (t_119 - (t_115 * (float16)(1.0f)));
      const float16 t_123 = (t_119 + t_117);
      const float16 t_124 = (t_119 - t_117);
      const float16 t_125 = (t_121 - (t_117 * (float16)(1.0f)));
      const float16 t_126 = (t_110 - (t_86 * (float16)(1.0f)));
      const float16 t_127 = (t_110 + t_98);
      const float16 t_128 = (t_110 - t_98);
      const float16 t_129 = (t_122 - (t_98 * (float16)(1.0f)));
      *(__global f32x16_packed*)(y + at_29) = t_126;
      *(__global f32x16_packed*)(y + (at_29 + pitch)) = t_127;
      *(__global f32x16_packed*)(y + (at_29 + (2 * pitch))) = t_128;
      *(__global f32x16_packed*)(y + (at_29 + (3 * pitch))) = t_129;
      const float16 t_130 = (t_111 - (t_87 * (float16)(1.0f)));
      const float16 t_131 = (t_111 + t_99);
      const float16 t_132 = (t_111 - t_99);
      const float16 t_133 = (t_123 - (t_99 * (float16)(1.0f)));
      *(__global f32x16_packed*)(y + (at_29 + (4 * pitch))) = t_130;
      *(__global f32x16_packed*)(y + (at_29 + (5 * pitch))) = t_131;
      *(__global f32x16_packed*)(y + (at_29 + (6 * pitch))) = t_132;
      *(__global f32x16_packed*)(y + (at_29 + (7 * pitch))) = t_133;
      const float16 t_134 = (t_112 - (t_88 * (float16)(1.0f)));
      const float16 t_135 = (t_112 + t_100);
      const float16 t_136 = (t_112 - t_100);
      const float16 t_137 = (t_124 - (t_100 * (float16)(1.0f)));
      *(__global f32x16_packed*)(y + (at_29 + (8 * pitch))) = t_134;
      *(__global f32x16_packed*)(y + (at_29 + (9 * pitch))) = t_135;
      *(__global f32x16_packed*)(y + (at_29 + (10 * pitch))) = t_136;
      *(__global f32x16_packed*)(y + (at_29 + (11 * pitch))) = t_137;
      const float16 t_138 = (t_113 - (t_89 * (float16)(1.0f)));
      const float16 t_139 = (t_113 + t_101);
      const float16 t_140 = (t_113 - t_101);
      const float16 t_141 = (t_125 - (t_101 * (float16)(1.0f)));
      *(__global f32x16_packed*)(y + (at_29 + (12 * pitch))) = t_138;
      *(__global f32x16_packed*)(y + (at_29 + (13 * pitch))) = t_139;
      *(__global f32x16_packed*)(y + (at_29 + (14 * pitch))) = t_140;
      *(__global f32x16_packed*)(y + (at_29 + (15 * pitch))) = t_141;
    }
  }
}
