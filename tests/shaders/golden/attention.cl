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
  for (int i_13 = 0; i_13 < 8; i_13 += 4) {
    const int row_14 = (start_4 + (min((query_10 + i_13), (queries - 1)) * q_row));
    const int row_15 = (start_4 + (min(((query_10 + i_13) + 1), (queries - 1)) * q_row));
    const int row_16 = (start_4 + (min(((query_10 + i_13) + 2), (queries - 1)) * q_row));
    const int row_17 = (start_4 + (min(((query_10 + i_13) + 3), (queries - 1)) * q_row));
    for (int i_18 = 0; i_18 < 8; i_18 += 4) {
      const float4 x_19 = vload4(0, q + (row_14 + i_18));
      const float4 x_20 = vload4(0, q + (row_15 + i_18));
      const float4 x_21 = vload4(0, q + (row_16 + i_18));
      const float4 x_22 = vload4(0, q + (row_17 + i_18));
      const float4 half_23 = (float4)(x_19.s01, x_21.s01);
      const float4 half_24 = (float4)(x_20.s01, x_22.s01);
      const float4 half_25 = (float4)(x_19.s23, x_21.s23);
      const float4 half_26 = (float4)(x_20.s23, x_22.s23);
      const float4 turned_27 = (float4)(half_23.s0, half_24.s0, half_23.s2, half_24.s2);
      const float4 turned_28 = (float4)(half_23.s1, half_24.s1, half_23.s3, half_24.s3);
      const float4 turned_29 = (float4)(half_25.s0, half_26.s0, half_25.s2, half_26.s2);
      const float4 turned_30 = (float4)(half_25.s1, half_26.s1, half_25.s3, half_26.s3);
      vstore4((turned_27 * (float4)(scale)), 0, turned + ((i_18 * 8) + i_13));
      vstore4((turned_28 * (float4)(scale)), 0, turned + (((i_18 + 1) * 8) + i_13));
      vstore4((turned_29 * (float4)(scale)), 0, turned + (((i_18 + 2) * 8) + i_13));
      vstore4((turned_30 * (float4)(scale)), 0, turned + (((i_18 + 3) * 8) + i_13));
    }
  }
  const float8 zero_31 = (float8)(0.0f);
  for (int i_32 = 0; i_32 < 64; i_32 += 8) {
    *(f32x8_packed*)(sums + i_32) = zero_31;
  }
  for (int i_33 = 0; i_33 < keys; i_33 += 6) {
    const int count_34 = min((keys - i_33), 6);
    float8 highest_35 = largest_11;
    const int whole_36 = (count_34 - (count_34 % 3));
    for (int i_37 = 0; i_37 < whole_36; i_37 += 3) {
      const int row_38 = (start_5 + ((i_33 + i_37) * k_row));
      const int row_39 = (start_5 + (((i_33 + i_37) + 1) * k_row));
      const int row_40 = (start_5 + (((i_33 + i_37) + 2) * k_row));
      float8 sum_41 = (float8)(0.0f);
      float8 sum_42 = (float8)(0.0f);
      float8 sum_43 = (float8)(0.0f);
      for (int i_44 = 0; i_44 < 8; i_44 += 1) {
        const float8 x_45 = *(const f32x8_packed*)(turned + (i_44 * 8));
        const float x_46 = k[(row_38 + i_44)];
        sum_41 = fma(x_45, (float8)(x_46), sum_41);
        const float x_47 = k[(row_39 + i_44)];
        sum_42 = fma(x_45, (float8)(x_47), sum_42);
        const float x_48 = k[(row_40 + i_44)];
        sum_43 = fma(x_45, (float8)(x_48), sum_43);
      }
      const int key_49 = (i_33 + i_37);
      const float8 score_50 = sum_41;
      highest_35 = max_f32x8(highest_35, score_50);
      *(f32x8_packed*)(scores + (i_37 * 8)) = score_50;
      const int key_51 = ((i_33 + i_37) + 1);
      const float8 score_52 = sum_42;
      highest_35 = max_f32x8(highest_35, score_52);
      *(f32x8_packed*)(scores + ((i_37 + 1) * 8)) = score_52;
      const int key_53 = ((i_33 + i_37) + 2);
      const float8 score_54 = sum_43;
      highest_35 = max_f32x8(highest_35, score_54);
      *(f32x8_packed*)(scores + ((i_37 + 2) * 8)) = score_54;
    }
    if ((whole_36 < count_34)) {
      const int row_55 = (start_5 + ((i_33 + whole_36) * k_row));
      const int row_56 = (start_5 + (((i_33 + whole_36) + 1) * k_row));
      float8 sum_57 = (float8)(0.0f);
      float8 sum_58 = (float8)(0.0f);
      for (int i_59 = 0; i_59 < 8; i_59 += 1) {
        const float8 x_60 = *(const f32x8_packed*)(turned + (i_59 * 8));
        const float x_61 = k[(row_55 + i_59)];
        sum_57 = fma(x_60, (float8)(x_61), sum_57);
        const float x_62 = k[(row_56 + i_59)];
        sum_58 = fma(x_60, (float8)(x_62), sum_58);
      }
      const int key_63 = (i_33 + whole_36);
      const float8 score_64 = sum_57;
      highest_35 = max_f32x8(highest_35, score_64);
      *(f32x8_packed*)(scores + (whole_36 * 8)) = score_64;
      const int key_65 = ((i_33 + whole_36) + 1);
      const float8 score_66 = sum_58;
      highest_35 = max_f32x8(highest_35, score_66);
      *(f32x8_packed*)(scores + ((whole_36 + 1) * 8)) = score_66;
    }
    const float8 factor_67 = exp_f32x8((largest_11 - highest_35));
    total_12 = (total_12 * factor_67);
    largest_11 = highest_35;
    for (int i_68 = 0; i_68 < count_34; i_68 += 1) {
      const int at_69 = (i_68 * 8);
      const float8 x_70 = *(const f32x8_packed*)(scores + at_69);
      const float8 e_71 = exp_f32x8((x_70 - highest_35));
      *(f32x8_packed*)(scores + at_69) = e_71;
      total_12 = (total_12 + e_71);
    }
    for (int i_72 = 0; i_72 < 8; i_72 += 4) {
      const int at_73 = (i_72 * 8);
      const int at_74 = ((i_72 + 1) * 8);
      const int at_75 = ((i_72 + 2) * 8);
      const int at_76 = ((i_72 + 3) * 8);
      float8 sum_77 = (float8)(0.0f);
      float8 sum_78 = (float8)(0.0f);
      float8 sum_79 = (float8)(0.0f);
      float8 sum_80 = (float8)(0.0f);
      const float8 x_81 = *(const f32x8_packed*)(sums + at_73);
      sum_77 = (x_81 * factor_67);
      const float8 x_82 = *(const f32x8_packed*)(sums + at_74);
      sum_78 = (x_82 * factor_67);
      const float8 x_83 = *(const f32x8_packed*)(sums + at_75);
      sum_79 = (x_83 * factor_67);
      const float8 x_84 = *(const f32x8_packed*)(sums + at_76);
      sum_80 = (x_84 * factor_67);
      for (int i_85 = 0; i_85 < count_34; i_85 += 1) {
        const float8 x_86 = *(const f32x8_packed*)(scores + (i_85 * 8));
        const int row_87 = ((start_6 + ((i_33 + i_85) * v_row)) + i_72);
        const float x_88 = v[row_87];
        sum_77 = fma(x_86, (float8)(x_88), sum_77);
        const float x_89 = v[(row_87 + 1)];
        sum_78 = fma(x_86, (float8)(x_89), sum_78);
        const float x_90 = v[(row_87 + 2)];
        sum_79 = fma(x_86, (float8)(x_90), sum_79);
        const float x_91 = v[(row_87 + 3)];
        sum_80 = fma(x_86, (float8)(x_91), sum_80);
      }
      *(f32x8_packed*)(sums + at_73) = sum_77;
      *(f32x8_packed*)(sums + at_74) = sum_78;
      *(f32x8_packed*)(sums + at_75) = sum_79;
      *(f32x8_packed*)(sums + at_76) = sum_80;
    }
  }
  *(f32x8_packed*)(shares + 0) = ((float8)(1.0f) / total_12);
  for (int i_92 = 0; i_92 < 8; i_92 += 4) {
    const int query_93 = (query_10 + i_92);
    const float4 share_94 = vload4(0, shares + i_92);
    for (int i_95 = 0; i_95 < 8; i_95 += 4) {
      const float4 x_96 = vload4(0, sums + ((i_95 * 8) + i_92));
      const float4 x_97 = vload4(0, sums + (((i_95 + 1) * 8) + i_92));
      const float4 x_98 = vload4(0, sums + (((i_95 + 2) * 8) + i_92));
      const float4 x_99 = vload4(0, sums + (((i_95 + 3) * 8) + i_92));
      const float4 t_100 = (x_96 * share_94);
      const float4 t_101 = (x_97 * share_94);
      const float4 t_102 = (x_98 * share_94);
      const float4 t_103 = (x_99 * share_94);
      const float4 half_104 = (float4)(t_100.s01, t_102.s01);
      const float4 half_105 = (float4)(t_101.s01, t_103.s01);
      const float4 half_106 = (float4)(t_100.s23, t_102.s23);
      const float4 half_107 = (float4)(t_101.s23, t_103.s23);
      const float4 turned_108 = (float4)(half_104.s0, half_105.s0, half_104.s2, half_105.s2);
      const float4 turned_109 = (float4)(half_104.s1, half_105.s1, half_104.s3, half_105.s3);
      const float4 turned_110 = (float4)(half_106.s0, half_107.s0, half_106.s2, half_107.s2);
      const float4 turned_111 = (float4)(half_106.s1, half_107.s1, half_106.s3, half_107.s3);
      const int out_112 = ((start_7 + (query_93 * y_row)) + i_95);
      vstore4(turned_108, 0, y + out_112);
      const int out_113 = ((start_7 + ((query_93 + 1) * y_row)) + i_95);
      vstore4(turned_109, 0, y + out_113);
      const int out_114 = ((start_7 + ((query_93 + 2) * y_row)) + i_95);
      vstore4(turned_110, 0, y + out_114);
      const int out_115 = ((start_7 + ((query_93 + 3) * y_row)) + i_95);
      vstore4(turned_111, 0, y + out_115);
    }
  }
}
