#ifndef EXP_F32X16
#define EXP_F32X16
__attribute__((always_inline)) float16 exp_f32x16(float16 x) {
  const float16 t = fma(x, (float16)(1.4426950216293335f), (float16)(12582912.0f));
  const float16 n = t - 12582912.0f;
  float16 r = fma(n, (float16)(-0.693145751953125f), x);
  r = fma(n, (float16)(-1.428606765330187e-06f), r);
  float16 p = (float16)(0.0013941108481958508f);
  p = fma(p, r, (float16)(0.00837512593716383f));
  p = fma(p, r, (float16)(0.04166635125875473f));
  p = fma(p, r, (float16)(0.16666415333747864f));
  p = fma(p, r, (float16)(0.5f));
  p = fma(p, r, (float16)(1.0f));
  p = fma(p, r, (float16)(1.0f));
  const float16 y = as_float16(as_int16(p) + (as_int16(t) << 23));
  return x > 88.72283f ? (float16)(INFINITY) : x < -87.33654f ? (float16)(0.0f) : y;
}
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
__kernel void f32_recurrent_lstm_tanh_g4_r3x16(
    __global float* restrict y,
    __global const float* restrict x,
    __global const float* restrict weights,
    const int units,
    const int row,
    const int before,
    const int after,
    const int scratch,
    const int scratch_row,
    const int depth,
    const int source_at,
    const int gates_at,
    const int gates_row,
    const int c_area,
    const int out_area) {
  const int gid_1 = (int)get_global_id(0);
  const int unit_2 = (gid_1 * 16);
  const int gid_3 = (int)get_global_id(1);
  const int sequence_4 = (gid_3 * 3);
  const int n_5 = (sequence_4 + 1);
  const int n_6 = (sequence_4 + 2);
  const int panel_7 = ((unit_2 * depth) * 4);
  float16 sum_8 = (float16)(0.0f);
  float16 sum_9 = (float16)(0.0f);
  float16 sum_10 = (float16)(0.0f);
  float16 sum_11 = (float16)(0.0f);
  float16 sum_12 = (float16)(0.0f);
  float16 sum_13 = (float16)(0.0f);
  float16 sum_14 = (float16)(0.0f);
  float16 sum_15 = (float16)(0.0f);
  float16 sum_16 = (float16)(0.0f);
  float16 sum_17 = (float16)(0.0f);
  float16 sum_18 = (float16)(0.0f);
  float16 sum_19 = (float16)(0.0f);
  const int source_20 = (source_at + (sequence_4 * row));
  const int source_21 = (source_at + (n_5 * row));
  const int source_22 = (source_at + (n_6 * row));
  for (int i_23 = 0; i_23 < depth; i_23 += 4) {
    const float4 x_24 = vload4(0, y + (source_20 + i_23));
    const float4 x_25 = vload4(0, y + (source_21 + i_23));
    const float4 x_26 = vload4(0, y + (source_22 + i_23));
    const int base_27 = (panel_7 + ((i_23 * 4) * 16));
    const float16 x_28 = *(__global const f32x16_packed*)(weights + base_27);
    const float16 x_29 = *(__global const f32x16_packed*)(weights + (base_27 + 16));
    const float16 x_30 = *(__global const f32x16_packed*)(weights + (base_27 + 32));
    const float16 x_31 = *(__global const f32x16_packed*)(weights + (base_27 + 48));
    sum_8 = fma((float16)(x_24.s0), x_28, sum_8);
    sum_9 = fma((float16)(x_24.s0), x_29, sum_9);
    sum_10 = fma((float16)(x_24.s0), x_30, sum_10);
    sum_11 = fma((float16)(x_24.s0), x_31, sum_11);
    sum_12 = fma((float16)(x_25.s0), x_28, sum_12);
    sum_13 = fma((float16)(x_25.s0), x_29, sum_13);
    sum_14 = fma((float16)(x_25.s0), x_30, sum_14);
    sum_15 = fma((float16)(x_25.s0), x_31, sum_15);
    sum_16 = fma((float16)(x_26.s0), x_28, sum_16);
    sum_17 = fma((float16)(x_26.s0), x_29, sum_17);
    sum_18 = fma((float16)(x_26.s0), x_30, sum_18);
    sum_19 = fma((float16)(x_26.s0), x_31, sum_19);
    const int base_32 = (panel_7 + (((i_23 + 1) * 4) * 16));
    const float16 x_33 = *(__global const f32x16_packed*)(weights + base_32);
    const float16 x_34 = *(__global const f32x16_packed*)(weights + (base_32 + 16));
    const float16 x_35 = *(__global const f32x16_packed*)(weights + (base_32 + 32));
    const float16 x_36 = *(__global const f32x16_packed*)(weights + (base_32 + 48));
    sum_8 = fma((float16)(x_24.s1), x_33, sum_8);
    sum_9 = fma((float16)(x_24.s1), x_34, sum_9);
    sum_10 = fma((float16)(x_24.s1), x_35, sum_10);
    sum_11 = fma((float16)(x_24.s1), x_36, sum_11);
    sum_12 = fma((float16)(x_25.s1), x_33, sum_12);
    sum_13 = fma((float16)(x_25.s1), x_34, sum_13);
    sum_14 = fma((float16)(x_25.s1), x_35, sum_14);
    sum_15 = fma((float16)(x_25.s1), x_36, sum_15);
    sum_16 = fma((float16)(x_26.s1), x_33, sum_16);
    sum_17 = fma((float16)(x_26.s1), x_34, sum_17);
    sum_18 = fma((float16)(x_26.s1), x_35, sum_18);
    sum_19 = fma((float16)(x_26.s1), x_36, sum_19);
    const int base_37 = (panel_7 + (((i_23 + 2) * 4) * 16));
    const float16 x_38 = *(__global const f32x16_packed*)(weights + base_37);
    const float16 x_39 = *(__global const f32x16_packed*)(weights + (base_37 + 16));
    const float16 x_40 = *(__global const f32x16_packed*)(weights + (base_37 + 32));
    const float16 x_41 = *(__global const f32x16_packed*)(weights + (base_37 + 48));
    sum_8 = fma((float16)(x_24.s2), x_38, sum_8);
    sum_9 = fma((float16)(x_24.s2), x_39, sum_9);
    sum_10 = fma((float16)(x_24.s2), x_40, sum_10);
    sum_11 = fma((float16)(x_24.s2), x_41, sum_11);
    sum_12 = fma((float16)(x_25.s2), x_38, sum_12);
    sum_13 = fma((float16)(x_25.s2), x_39, sum_13);
    sum_14 = fma((float16)(x_25.s2), x_40, sum_14);
    sum_15 = fma((float16)(x_25.s2), x_41, sum_15);
    sum_16 = fma((float16)(x_26.s2), x_38, sum_16);
    sum_17 = fma((float16)(x_26.s2), x_39, sum_17);
    sum_18 = fma((float16)(x_26.s2), x_40, sum_18);
    sum_19 = fma((float16)(x_26.s2), x_41, sum_19);
    const int base_42 = (panel_7 + (((i_23 + 3) * 4) * 16));
    const float16 x_43 = *(__global const f32x16_packed*)(weights + base_42);
    const float16 x_44 = *(__global const f32x16_packed*)(weights + (base_42 + 16));
    const float16 x_45 = *(__global const f32x16_packed*)(weights + (base_42 + 32));
    const float16 x_46 = *(__global const f32x16_packed*)(weights + (base_42 + 48));
    sum_8 = fma((float16)(x_24.s3), x_43, sum_8);
    sum_9 = fma((float16)(x_24.s3), x_44, sum_9);
    sum_10 = fma((float16)(x_24.s3), x_45, sum_10);
    sum_11 = fma((float16)(x_24.s3), x_46, sum_11);
    sum_12 = fma((float16)(x_25.s3), x_43, sum_12);
    sum_13 = fma((float16)(x_25.s3), x_44, sum_13);
    sum_14 = fma((float16)(x_25.s3), x_45, sum_14);
    sum_15 = fma((float16)(x_25.s3), x_46, sum_15);
    sum_16 = fma((float16)(x_26.s3), x_43, sum_16);
    sum_17 = fma((float16)(x_26.s3), x_44, sum_17);
    sum_18 = fma((float16)(x_26.s3), x_45, sum_18);
    sum_19 = fma((float16)(x_26.s3), x_46, sum_19);
  }
  const int gate_47 = ((gates_at + (sequence_4 * gates_row)) + unit_2);
  const float16 x_48 = *(__global const f32x16_packed*)(x + gate_47);
  const float16 x_49 = *(__global const f32x16_packed*)(x + (gate_47 + units));
  const float16 x_50 = *(__global const f32x16_packed*)(x + (gate_47 + (units * 2)));
  const float16 x_51 = *(__global const f32x16_packed*)(x + (gate_47 + (units * 3)));
  const int line_52 = (sequence_4 * row);
  const int row_53 = (before + line_52);
  const int row_54 = (after + line_52);
  const int sums_55 = (scratch + (sequence_4 * scratch_row));
  const float16 total_56 = (sum_8 + x_48);
  const float16 total_57 = (sum_9 + x_49);
  const float16 total_58 = (sum_10 + x_50);
  const float16 total_59 = (sum_11 + x_51);
  const float16 forget_60 = ((float16)(1.0f) / (exp_f32x16((-max_f32x16(total_57, (float16)((-87.0f))))) + (float16)(1.0f)));
  const float16 enters_61 = ((float16)(1.0f) / (exp_f32x16((-max_f32x16(total_56, (float16)((-87.0f))))) + (float16)(1.0f)));
  const float16 update_62 = tanh(total_58);
  const float16 x_63 = *(__global const f32x16_packed*)(y + ((row_53 + c_area) + unit_2));
  const float16 state_64 = ((forget_60 * x_63) + (enters_61 * update_62));
  *(__global f32x16_packed*)(y + ((row_54 + c_area) + unit_2)) = state_64;
  *(__global f32x16_packed*)(y + ((row_54 + out_area) + unit_2)) = (((float16)(1.0f) / (exp_f32x16((-max_f32x16(total_59, (float16)((-87.0f))))) + (float16)(1.0f))) * tanh(state_64));
  const int gate_65 = ((gates_at + (n_5 * gates_row)) + unit_2);
  const float16 x_66 = *(__global const f32x16_packed*)(x + gate_65);
  const float16 x_67 = *(__global const f32x16_packed*)(x + (gate_65 + units));
  const float16 x_68 = *(__global const f32x16_packed*)(x + (gate_65 + (units * 2)));
  const float16 x_69 = *(__global const f32x16_packed*)(x + (gate_65 + (units * 3)));
  const int line_70 = (n_5 * row);
  const int row_71 = (before + line_70);
  const int row_72 = (after + line_70);
  const int sums_73 = (scratch + (n_5 * scratch_row));
  const float16 total_74 = (sum_12 + x_66);
  const float16 total_75 = (sum_13 + x_67);
  const float16 total_76 = (sum_14 + x_68);
  const float16 total_77 = (sum_15 + x_69);
  const float16 forget_78 = ((float16)(1.0f) / (exp_f32x16((-max_f32x16(total_75, (float16)((-87.0f))))) + (float16)(1.0f)));
  const float16 enters_79 = ((float16)(1.0f) / (exp_f32x16((-max_f32x16(total_74, (float16)((-87.0f))))) + (float16)(1.0f)));
  const float16 update_80 = tanh(total_76);
  const float16 x_81 = *(__global const f32x16_packed*)(y + ((row_71 + c_area) + unit_2));
  const float16 state_82 = ((forget_78 * x_81) + (enters_79 * update_80));
  *(__global f32x16_packed*)(y + ((row_72 + c_area) + unit_2)) = state_82;
  *(__global f32x16_packed*)(y + ((row_72 + out_area) + unit_2)) = (((float16)(1.0f) / (exp_f32x16((-max_f32x16(total_77, (float16)((-87.0f))))) + (float16)(1.0f))) * tanh(state_82));
  const int gate_83 = ((gates_at + (n_6 * gates_row)) + unit_2);
  const float16 x_84 = *(__global const f32x16_packed*)(x + gate_83);
  const float16 x_85 = *(__global const f32x16_packed*)(x + (gate_83 + units));
  const float16 x_86 = *(__global const f32x16_packed*)(x + (gate_83 + (units * 2)));
  const float16 x_87 = *(__global const f32x16_packed*)(x + (gate_83 + (units * 3)));
  const int line_88 = (n_6 * row);
  const int row_89 = (before + line_88);
  const int row_90 = (after + line_88);
  const int sums_91 = (scratch + (n_6 * scratch_row));
  const float16 total_92 = (sum_16 + x_84);
  const float16 total_93 = (sum_17 + x_85);
  const float16 total_94 = (sum_18 + x_86);
  const float16 total_95 = (sum_19 + x_87);
  const float16 forget_96 = ((float16)(1.0f) / (exp_f32x16((-max_f32x16(total_93, (float16)((-87.0f))))) + (float16)(1.0f)));
  const float16 enters_97 = ((float16)(1.0f) / (exp_f32x16((-max_f32x16(total_92, (float16)((-87.0f))))) + (float16)(1.0f)));
  const float16 update_98 = tanh(total_94);
  const float16 x_99 = *(__global const f32x16_packed*)(y + ((row_89 + c_area) + unit_2));
  const float16 state_100 = ((forget_96 * x_99) + (enters_97 * update_98));
  *(__global f32x16_packed*)(y + ((row_90 + c_area) + unit_2)) = state_100;
  *(__global f32x16_packed*)(y + ((row_90 + out_area) + unit_2)) = (((float16)(1.0f) / (exp_f32x16((-max_f32x16(total_95, (float16)((-87.0f))))) + (float16)(1.0f))) * tanh(state_100));
}
