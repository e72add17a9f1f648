#ifndef EXP_F32X8
#define EXP_F32X8
__attribute__((always_inline)) float8 exp_f32x8(float8 x) {
  const float8 t = fma(x, (float8)(1.4426950216293335f), (float8)(12582912.0f));
  const float8 n = t - 12582912.0f;
  float8 r = fma(n, (float8)(-0.693145751953125f), x);
  r = fma(n, (float8)(-1.428606765330187e-06f), r);
  float8 p = (float8)(0.0013941108481958508f);
  p = fma(p, r, (float8)(0.00837512593716383f));
  p = fma(p, r, (float8)(0.04166635125875473f));
  p = fma(p, r, (float8)(0.16666415333747864f));
  p = fma(p, r, (float8)(0.5f));
  p = fma(p, r, (float8)(1.0f));
  p = fma(p, r, (float8)(1.0f));
  const float8 y = as_float8(as_int8(p) + (as_int8(t) << 23));
  return x > 88.72283f ? (float8)(INFINITY) : x < -87.33654f ? (float8)(0.0f) : y;
}
#endif
#ifndef MAX_F32X8
#define MAX_F32X8
__attribute__((always_inline)) float8 max_f32x8(float8 a, float8 b) { return a > b ? a : b; }
#endif
#ifndef F32X8_PACKED
#define F32X8_PACKED
typedef float8 f32x8_packed __attribute__((aligned(4)));
#endif
__attribute__((reqd_work_group_size(1, 1, 1)))
__kernel void f32_attention_q8k3v4b6_d8x8_tail2(
    __global const float* restrict q,
    __global const float* restrict k,
    __global const float* restrict v,
    __global float* restrict y,
    const int heads,
    const int queries,
    const int keys,
    const int q_offset,
    const int q_batch,
    const int q_head,
    const int q_row,
    const int k_offset,
    const int k_batch,
    const int k_head,
    const int k_row,
    const int v_offset,
    const int v_batch,
    const int v_head,
    const int v_row,
    const int y_offset,
    const int y_batch,
    const int y_head,
    const int y_row,
    const float scale) {
  float turned[64] __attribute__((aligned(64)));
  float scores[48] __attribute__((aligned(64)));
  float sums[64] __attribute__((aligned(64)));
  float shares[8] __attribute__((aligned(64)));
  const int wg_1 = (int)get_group_id(1);
  const int batch_2 = (wg_1 / heads);
  const int head_3 = (wg_1 - (batch_2 * heads));
  const int start_4 = ((q_offset + (batch_2 * q_batch)) + (head_3 * q_head));
  const int start_5 = ((k_offset + (batch_2 * k_batch)) + (head_3 * k_head));
  const int start_6 = ((v_offset + (batch_2 * v_batch)) + (head_3 * v_head));
  const int start_7 = ((y_offset + (batch_2 * y_batch)) + (head_3 * y_head));
  const int end_8 = ((((queries + 3) / 4) * 4) - 8);
  const int wg_9 = (int)get_group_id(0);
  const int query_10 = min((wg_9 * 8), end_8);
  float8 largest_11 = (float8)((-3.4028234663852886e+38f));
  float8 total_12 = (float8)(0.0f);
  for (int i_13 = 0; i_13 < 8; i_13 += 8) {
    const int query_14 = (query_10 + i_13);
    const int row_15 = (start_4 + (min(query_14, (queries - 1)) * q_row));
    const int row_16 = (start_4 + (min((query_14 + 1), (queries - 1)) * q_row));
    const int row_17 = (start_4 + (min((query_14 + 2), (queries - 1)) * q_row));
    const int row_18 = (start_4 + (min((query_14 + 3), (queries - 1)) * q_row));
    const int row_19 = (start_4 + (min((query_14 + 4), (queries - 1)) * q_row));
    const int row_20 = (start_4 + (min((query_14 + 5), (queries - 1)) * q_row));
    const int row_21 = (start_4 + (min((query_14 + 6), (queries - 1)) * q_row));
    const int row_22 = (start_4 + (min((query_14 + 7), (queries - 1)) * q_row));
    const float8 x_23 = *(__global const f32x8_packed*)(q + row_15);
    const float8 x_24 = *(__global const f32x8_packed*)(q + row_16);
    const float8 x_25 = *(__global const f32x8_packed*)(q + row_17);
    const float8 x_26 = *(__global const f32x8_packed*)(q + row_18);
    const float8 x_27 = *(__global const f32x8_packed*)(q + row_19);
    const float8 x_28 = *(__global const f32x8_packed*)(q + row_20);
    const float8 x_29 = *(__global const f32x8_packed*)(q + row_21);
    const float8 x_30 = *(__global const f32x8_packed*)(q + row_22);
    const float8 turned_31 = (float8)(x_23.s0123, x_27.s0123);
    const float8 turned_32 = (float8)(x_24.s0123, x_28.s0123);
    const float8 turned_33 = (float8)(x_25.s0123, x_29.s0123);
    const float8 turned_34 = (float8)(x_26.s0123, x_30.s0123);
    const float8 turned_35 = (float8)(x_23.s4567, x_27.s4567);
    const float8 turned_36 = (float8)(x_24.s4567, x_28.s4567);
    const float8 turned_37 = (float8)(x_25.s4567, x_29.s4567);
    const float8 turned_38 = (float8)(x_26.s4567, x_30.s4567);
    const float8 turned_39 = (float8)(turned_31.s01, turned_33.s01, turned_31.s45, turned_33.s45);
    const float8 turned_40 = (float8)(turned_32.s01, turned_34.s01, turned_32.s45, turned_34.s45);
    const float8 turned_41 = (float8)(turned_31.s23, turned_33.s23, turned_31.s67, turned_33.s67);
    const float8 turned_42 = (float8)(turned_32.s23, turned_34.s23, turned_32.s67, turned_34.s67);
    const float8 turned_43 = (float8)(turned_35.s01, turned_37.s01, turned_35.s45, turned_37.s45);
    const float8 turned_44 = (float8)(turned_36.s01, turned_38.s01, turned_36.s45, turned_38.s45);
    const float8 turned_45 = (float8)(turned_35.s23, turned_37.s23, turned_35.s67, turned_37.s67);
    const float8 turned_46 = (float8)(turned_36.s23, turned_38.s23, turned_36.s67, turned_38.s67);
    const float8 turned_47 = (float8)(turned_39.s0, turned_40.s0, turned_39.s2, turned_40.s2, turned_39.s4, turned_40.s4, turned_39.s6, turned_40.s6);
    const float8 turned_48 = (float8)(turned_39.s1, turned_40.s1, turned_39.s3, turned_40.s3, turned_39.s5, turned_40.s5, turned_39.s7, turned_40.s7);
    const float8 turned_49 = (float8)(turned_41.s0, turned_42.s0, turned_41.s2, turned_42.s2, turned_41.s4, turned_42.s4, turned_41.s6, turned_42.s6);
    const float8 turned_50 = (float8)(turned_41.s1, turned_42.s1, turned_41.s3, turned_42.s3, turned_41.s5, turned_42.s5, turned_41.s7, turned_42.s7);
    const float8 turned_51 = (float8)(turned_43.s0, turned_44.s0, turned_43.s2, turned_44.s2, turned_43.s4, turned_44.s4, turned_43.s6, turned_44.s6);
    const float8 turned_52 = (float8)(turned_43.s1, turned_44.s1, turned_43.s3, turned_44.s3, turned_43.s5, turned_44.s5, turned_43.s7, turned_44.s7);
    const float8 turned_53 = (float8)(turned_45.s0, turned_46.s0, turned_45.s2, turned_46.s2, turned_45.s4, turned_46.s4, turned_45.s6, turned_46.s6);
    const float8 turned_54 = (float8)(turned_45.s1, turned_46.s1, turned_45.s3, turned_46.s3, turned_45.s5, turned_46.s5, turned_45.s7, turned_46.s7);
    *(f32x8_packed*)(turned + i_13) = (turned_47 * (float8)(scale));
    *(f32x8_packed*)(turned + (8 + i_13)) = (turned_48 * (float8)(scale));
    *(f32x8_packed*)(turned + (16 + i_13)) = (turned_49 * (float8)(scale));
    *(f32x8_packed*)(turned + (24 + i_13)) = (turned_50 * (float8)(scale));
    *(f32x8_packed*)(turned + (32 + i_13)) = (turned_51 * (float8)(scale));
    *(f32x8_packed*)(turned + (40 + i_13)) = (turned_52 * (float8)(scale));
    *(f32x8_packed*)(turned + (48 + i_13)) = (turned_53 * (float8)(scale));
    *(f32x8_packed*)(turned + (56 + i_13)) = (turned_54 * (float8)(scale));
  }
  const float8 zero_55 = (float8)(0.0f);
  for (int i_56 = 0; i_56 < 64; i_56 += 8) {
    *(f32x8_packed*)(sums + i_56) = zero_55;
  }
  for (int i_57 = 0; i_57 < keys; i_57 += 6) {
    const int count_58 = min((keys - i_57), 6);
    float8 highest_59 = largest_11;
    const int whole_60 = (count_58 - (count_58 % 3));
    for (int i_61 = 0; i_61 < whole_60; i_61 += 3) {
      const int row_62 = (start_5 + ((i_57 + i_61) * k_row));
      const int row_63 = (start_5 + (((i_57 + i_61) + 1) * k_row));
      const int row_64 = (start_5 + (((i_57 + i_61) + 2) * k_row));
      float8 sum_65 = (float8)(0.0f);
      float8 sum_66 = (float8)(0.0f);
      float8 sum_67 = (float8)(0.0f);
      for (int i_68 = 0; i_68 < 8; i_68 += 1) {
        const float8 x_69 = *(const f32x8_packed*)(turned + (i_68 * 8));
        const float x_70 = k[(row_62 + i_68)];
        sum_65 = fma(x_69, (float8)(x_70), sum_65);
        const float x_71 = k[(row_63 + i_68)];
        sum_66 = fma(x_69, (float8)(x_71), sum_66);
        const float x_72 = k[(row_64 + i_68)];
        sum_67 = fma(x_69, (float8)(x_72), sum_67);
      }
      const int key_73 = (i_57 + i_61);
      const float8 score_74 = sum_65;
      highest_59 = max_f32x8(highest_59, score_74);
      *(f32x8_packed*)(scores + (i_61 * 8)) = score_74;
      const int key_75 = ((i_57 + i_61) + 1);
      const float8 score_76 = sum_66;
      highest_59 = max_f32x8(highest_59, score_76);
      *(f32x8_packed*)(scores + ((i_61 + 1) * 8)) = score_76;
      const int key_77 = ((i_57 + i_61) + 2);
      const float8 score_78 = sum_67;
      highest_59 = max_f32x8(highest_59, score_78);
      *(f32x8_packed*)(scores + ((i_61 + 2) * 8)) = score_78;
    }
    if ((whole_60 < count_58)) {
      const int row_79 = (start_5 + ((i_57 + whole_60) * k_row));
      const int row_80 = (start_5 + (((i_57 + whole_60) + 1) * k_row));
      float8 sum_81 = (float8)(0.0f);
      float8 sum_82 = (float8)(0.0f);
      for (int i_83 = 0; i_83 < 8; i_83 += 1) {
        const float8 x_84 = *(const f32x8_packed*)(turned + (i_83 * 8));
        const float x_85 = k[(row_79 + i_83)];
        sum_81 = fma(x_84, (float8)(x_85), sum_81);
        const float x_86 = k[(row_80 + i_83)];
        sum_82 = fma(x_84, (float8)(x_86), sum_82);
      }
      const int key_87 = (i_57 + whole_60);
      const float8 score_88 = sum_81;
      highest_59 = max_f32x8(highest_59, score_88);
      *(f32x8_packed*)(scores + (whole_60 * 8)) = score_88;
      const int key_89 = ((i_57 + whole_60) + 1);
      const float8 score_90 = sum_82;
      highest_59 = max_f32x8(highest_59, score_90);
      *(f32x8_packed*)(scores + ((whole_60 + 1) * 8)) = score_90;
    }
    const float8 factor_91 = exp_f32x8((largest_11 - highest_59));
    total_12 = (total_12 * factor_91);
    largest_11 = highest_59;
    for (int i_92 = 0; i_92 < count_58; i_92 += 1) {
      const int at_93 = (i_92 * 8);
      const float8 x_94 = *(const f32x8_packed*)(scores + at_93);
      const float8 e_95 = exp_f32x8((x_94 - highest_59));
      *(f32x8_packed*)(scores + at_93) = e_95;
      total_12 = (total_12 + e_95);
    }
    for (int i_96 = 0; i_96 < 8; i_96 += 4) {
      const int at_97 = (i_96 * 8);
      const int at_98 = ((i_96 + 1) * 8);
      const int at_99 = ((i_96 + 2) * 8);
      const int at_100 = ((i_96 + 3) * 8);
      float8 sum_101 = (float8)(0.0f);
      float8 sum_102 = (float8)(0.0f);
      float8 sum_103 = (float8)(0.0f);
      float8 sum_104 = (float8)(0.0f);
      const float8 x_105 = *(const f32x8_packed*)(sums + at_97);
      sum_101 = (x_105 * factor_91);
      const float8 x_106 = *(const f32x8_packed*)(sums + at_98);
      sum_102 = (x_106 * factor_91);
      const float8 x_107 = *(const f32x8_packed*)(sums + at_99);
      sum_103 = (x_107 * factor_91);
      const float8 x_108 = *(const f32x8_packed*)(sums + at_100);
      sum_104 = (x_108 * factor_91);
      for (int i_109 = 0; i_109 < count_58; i_109 += 1) {
        const float8 x_110 = *(const f32x8_packed*)(scores + (i_109 * 8));
        const int row_111 = ((start_6 + ((i_57 + i_109) * v_row)) + i_96);
        const float x_112 = v[row_111];
        sum_101 = fma(x_110, (float8)(x_112), sum_101);
        const float x_113 = v[(row_111 + 1)];
        sum_102 = fma(x_110, (float8)(x_113), sum_102);
        const float x_114 = v[(row_111 + 2)];
        sum_103 = fma(x_110, (float8)(x_114), sum_103);
        const float x_115 = v[(row_111 + 3)];
        sum_104 = fma(x_110, (float8)(x_115), sum_104);
      }
      *(f32x8_packed*)(sums + at_97) = sum_101;
      *(f32x8_packed*)(sums + at_98) = sum_102;
      *(f32x8_packed*)(sums + at_99) = sum_103;
      *(f32x8_packed*)(sums + at_100) = sum_104;
    }
  }
  *(f32x8_packed*)(shares + 0) = ((float8)(1.0f) / total_12);
  for (int i_116 = 0; i_116 < 8; i_116 += 8) {
    const int query_117 = (query_10 + i_116);
    const float8 share_118 = *(const f32x8_packed*)(shares + i_116);
    const float8 x_119 = *(const f32x8_packed*)(sums + i_116);
    const float8 x_120 = *(const f32x8_packed*)(sums + (8 + i_116));
    const float8 x_121 = *(const f32x8_packed*)(sums + (16 + i_116));
    const float8 x_122 = *(const f32x8_packed*)(sums + (24 + i_116));
    const float8 x_123 = *(const f32x8_packed*)(sums + (32 + i_116));
    const float8 x_124 = *(const f32x8_packed*)(sums + (40 + i_116));
    const float8 x_125 = *(const f32x8_packed*)(sums + (48 + i_116));
    const float8 x_126 = *(const f32x8_packed*)(sums + (56 + i_116));
    const float8 t_127 = (x_119 * share_118);
    const float8 t_128 = (x_120 * share_118);
    const float8 t_129 = (x_121 * share_118);
    const float8 t_130 = (x_122 * share_118);
    const float8 t_131 = (x_123 * share_118);
    const float8 t_132 = (x_124 * share_118);
    const float8 t_133 = (x_125 * share_118);
    const float8 t_134 = (x_126 * share_118);
    const float8 turned_135 = (float8)(t_127.s0123, t_131.s0123);
    const float8 turned_136 = (float8)(t_128.s0123, t_132.s0123);
    const float8 turned_137 = (float8)(t_129.s0123, t_133.s0123);
    const float8 turned_138 = (float8)(t_130.s0123, t_134.s0123);
    const float8 turned_139 = (float8)(t_127.s4567, t_131.s4567);
    const float8 turned_140 = (float8)(t_128.s4567, t_132.s4567);
    const float8 turned_141 = (float8)(t_129.s4567, t_133.s4567);
    const float8 turned_142 = (float8)(t_130.s4567, t_134.s4567);
    const float8 turned_143 = (float8)(turned_135.s01, turned_137.s01, turned_135.s45, turned_137.s45);
    const float8 turned_144 = (float8)(turned_136.s01, turned_138.s01, turned_136.s45, turned_138.s45);
    const float8 turned_145 = (float8)(turned_135.s23, turned_137.s23, turned_135.s67, turned_137.s67);
    const float8 turned_146 = (float8)(turned_136.s23, turned_138.s23, turned_136.s67, turned_138.s67);
    const float8 turned_147 = (float8)(turned_139.s01, turned_141.s01, turned_139.s45, turned_141.s45);
    const float8 turned_148 = (float8)(turned_140.s01, turned_142.s01, turned_140.s45, turned_142.s45);
    const float8 turned_149 = (float8)(turned_139.s23, turned_141.s23, turned_139.s67, turned_141.s67);
    const float8 turned_150 = (float8)(turned_140.s23, turned_142.s23, turned_140.s67, turned_142.s67);
    const float8 turned_151 = (float8)(turned_143.s0, turned_144.s0, turned_143.s2, turned_144.s2, turned_143.s4, turned_144.s4, turned_143.s6, turned_144.s6);
    const float8 turned_152 = (float8)(turned_143.s1, turned_144.s1, turned_143.s3, turned_144.s3, turned_143.s5, turned_144.s5, turned_143.s7, turned_144.s7);
    const float8 turned_153 = (float8)(turned_145.s0, turned_146.s0, turned_145.s2, turned_146.s2, turned_145.s4, turned_146.s4, turned_145.s6, turned_146.s6);
    const float8 turned_154 = (float8)(turned_145.s1, turned_146.s1, turned_145.s3, turned_146.s3, turned_145.s5, turned_146.s5, turned_145.s7, turned_146.s7);
    const float8 turned_155 = (float8)(turned_147.s0, turned_148.s0, turned_147.s2, turned_148.s2, turned_147.s4, turned_148.s4, turned_147.s6, turned_148.s6);
    const float8 turned_156 = (float8)(turned_147.s1, turned_148.s1, turned_147.s3, turned_148.s3, turned_147.s5, turned_148.s5, turned_147.s7, turned_148.s7);
    const float8 turned_157 = (float8)(turned_149.s0, turned_150.s0, turned_149.s2, turned_150.s2, turned_149.s4, turned_150.s4, turned_149.s6, turned_150.s6);
    const float8 turned_158 = (float8)(turned_149.s1, turned_150.s1, turned_149.s3, turned_150.s3, turned_149.s5, turned_150.s5, turned_149.s7, turned_150.s7);
    const int out_159 = (start_7 + (query_117 * y_row));
    *(__global f32x8_packed*)(y + out_159) = turned_151;
    const int out_160 = (start_7 + ((query_117 + 1) * y_row));
    *(__global f32x8_packed*)(y + out_160) = turned_152;
    const int out_161 = (start_7 + ((query_117 + 2) * y_row));
    *(__global f32x8_packed*)(y + out_161) = turned_153;
    const int out_162 = (start_7 + ((query_117 + 3) * y_row));
    *(__global f32x8_packed*)(y + out_162) = turned_154;
    const int out_163 = (start_7 + ((query_117 + 4) * y_row));
    *(__global f32x8_packed*)(y + out_163) = turned_155;
    const int out_164 = (start_7 + ((query_117 + 5) * y_row));
    *(__global f32x8_packed*)(y + out_164) = turned_156;
    const int out_165 = (start_7 + ((query_117 + 6) * y_row));
    *(__global f32x8_packed*)(y + out_165) = turned_157;
    const int out_166 = (start_7 + ((query_117 + 7) * y_row));
    *(__global f32x8_packed*)(y + out_166) = turned_158;
  }
}
