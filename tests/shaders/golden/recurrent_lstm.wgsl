@group(0) @binding(0) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
struct Sizes {
  units: i32,
  row: i32,
  before: i32,
  after: i32,
  scratch: i32,
  scratch_row: i32,
  depth: i32,
  source_at: i32,
  gates_at: i32,
  gates_row: i32,
  c_area: i32,
  out_area: i32,
}
@group(0) @binding(3) var<uniform> sizes: Sizes;
var<workgroup> partial: array<vec4<f32>, 512>;
@compute @workgroup_size(8, 16, 1)
fn f32_recurrent_lstm_tanh_g4_r3x4_s16(
  @builtin(global_invocation_id) global_id: vec3<u32>,
  @builtin(workgroup_id) group_id: vec3<u32>,
  @builtin(local_invocation_id) local_id: vec3<u32>,
) {
  let units = sizes.units;
  let row = sizes.row;
  let before = sizes.before;
  let after = sizes.after;
  let scratch = sizes.scratch;
  let scratch_row = sizes.scratch_row;
  let depth = sizes.depth;
  let source_at = sizes.source_at;
  let gates_at = sizes.gates_at;
  let gates_row = sizes.gates_row;
  let c_area = sizes.c_area;
  let out_area = sizes.out_area;
  let gid_1 = i32(global_id.x);
  let unit_2 = (gid_1 * 4i);
  let exists_3 = (unit_2 < units);
  let unit_4 = min(unit_2, (units - 4i));
  let lid_5 = i32(local_id.y);
  let wg_6 = i32(group_id.y);
  let sequence_7 = (wg_6 * 3i);
  let n_8 = (sequence_7 + 1i);
  let n_9 = (sequence_7 + 2i);
  var sum_10 = vec4<f32>(0.0f);
  var sum_11 = vec4<f32>(0.0f);
  var sum_12 = vec4<f32>(0.0f);
  var sum_13 = vec4<f32>(0.0f);
  var sum_14 = vec4<f32>(0.0f);
  var sum_15 = vec4<f32>(0.0f);
  var sum_16 = vec4<f32>(0.0f);
  var sum_17 = vec4<f32>(0.0f);
  var sum_18 = vec4<f32>(0.0f);
  var sum_19 = vec4<f32>(0.0f);
  var sum_20 = vec4<f32>(0.0f);
  var sum_21 = vec4<f32>(0.0f);
  let source_22 = (source_at + (sequence_7 * row));
  let source_23 = (source_at + (n_8 * row));
  let source_24 = (source_at + (n_9 * row));
  for (var i_25 = (lid_5 * 4i); i_25 < depth; i_25 += 64i) {
    let x_26 = y[((source_22 + i_25) >> 2u)];
    let x_27 = y[((source_23 + i_25) >> 2u)];
    let x_28 = y[((source_24 + i_25) >> 2u)];
    let base_29 = (unit_4 + ((i_25 * 4i) * units));
    let x_30 = weights[(base_29 >> 2u)];
    let x_31 = weights[((base_29 + units) >> 2u)];
    let x_32 = weights[((base_29 + (2i * units)) >> 2u)];
    let x_33 = weights[((base_29 + (3i * units)) >> 2u)];
    sum_10 = fma(vec4<f32>(x_26.x), x_30, sum_10);
    sum_11 = fma(vec4<f32>(x_26.x), x_31, sum_11);
    sum_12 = fma(vec4<f32>(x_26.x), x_32, sum_12);
    sum_13 = fma(vec4<f32>(x_26.x), x_33, sum_13);
    sum_14 = fma(vec4<f32>(x_27.x), x_30, sum_14);
    sum_15 = fma(vec4<f32>(x_27.x), x_31, sum_15);
    sum_16 = fma(vec4<f32>(x_27.x), x_32, sum_16);
    sum_17 = fma(vec4<f32>(x_27.x), x_33, sum_17);
    sum_18 = fma(vec4<f32>(x_28.x), x_30, sum_18);
    sum_19 = fma(vec4<f32>(x_28.x), x_31, sum_19);
    sum_20 = fma(vec4<f32>(x_28.x), x_32, sum_20);
    sum_21 = fma(vec4<f32>(x_28.x), x_33, sum_21);
    let base_34 = (unit_4 + (((i_25 + 1i) * 4i) * units));
    let x_35 = weights[(base_34 >> 2u)];
    let x_36 = weights[((base_34 + units) >> 2u)];
    let x_37 = weights[((base_34 + (2i * units)) >> 2u)];
    let x_38 = weights[((base_34 + (3i * units)) >> 2u)];
    sum_10 = fma(vec4<f32>(x_26.y), x_35, sum_10);
    sum_11 = fma(vec4<f32>(x_26.y), x_36, sum_11);
    sum_12 = fma(vec4<f32>(x_26.y), x_37, sum_12);
    sum_13 = fma(vec4<f32>(x_26.y), x_38, sum_13);
    sum_14 = fma(vec4<f32>(x_27.y), x_35, sum_14);
    sum_15 = fma(vec4<f32>(x_27.y), x_36, sum_15);
    sum_16 = fma(vec4<f32>(x_27.y), x_37, sum_16);
    sum_17 = fma(vec4<f32>(x_27.y), x_38, sum_17);
    sum_18 = fma(vec4<f32>(x_28.y), x_35, sum_18);
    sum_19 = fma(vec4<f32>(x_28.y), x_36, sum_19);
    sum_20 = fma(vec4<f32>(x_28.y), x_37, sum_20);
    sum_21 = fma(vec4<f32>(x_28.y), x_38, sum_21);
    let base_39 = (unit_4 + (((i_25 + 2i) * 4i) * units));
    let x_40 = weights[(base_39 >> 2u)];
    let x_41 = weights[((base_39 + units) >> 2u)];
    let x_42 = weights[((base_39 + (2i * units)) >> 2u)];
    let x_43 = weights[((base_39 + (3i * units)) >> 2u)];
    sum_10 = fma(vec4<f32>(x_26.z), x_40, sum_10);
    sum_11 = fma(vec4<f32>(x_26.z), x_41, sum_11);
    sum_12 = fma(vec4<f32>(x_26.z), x_42, sum_12);
    sum_13 = fma(vec4<f32>(x_26.z), x_43, sum_13);
    sum_14 = fma(vec4<f32>(x_27.z), x_40, sum_14);
    sum_15 = fma(vec4<f32>(x_27.z), x_41, sum_15);
    sum_16 = fma(vec4<f32>(x_27.z), x_42, sum_16);
    sum_17 = fma(vec4<f32>(x_27.z), x_43, sum_17);
    sum_18 = fma(vec4<f32>(x_28.z), x_40, sum_18);
    sum_19 = fma(vec4<f32>(x_28.z), x_41, sum_19);
    sum_20 = fma(vec4<f32>(x_28.z), x_42, sum_20);
    sum_21 = fma(vec4<f32>(x_28.z), x_43, sum_21);
    let base_44 = (unit_4 + (((i_25 + 3i) * 4i) * units));
    let x_45 = weights[(base_44 >> 2u)];
    let x_46 = weights[((base_44 + units) >> 2u)];
    let x_47 = weights[((base_44 + (2i * units)) >> 2u)];
    let x_48 = weights[((base_44 + (3i * units)) >> 2u)];
    sum_10 = fma(vec4<f32>(x_26.w), x_45, sum_10);
    sum_11 = fma(vec4<f32>(x_26.w), x_46, sum_11);
    sum_12 = fma(vec4<f32>(x_26.w), x_47, sum_12);
    sum_13 = fma(vec4<f32>(x_26.w), x_48, sum_13);
    sum_14 = fma(vec4<f32>(x_27.w), x_45, sum_14);
    sum_15 = fma(vec4<f32>(x_27.w), x_46, sum_15);
    sum_16 = fma(vec4<f32>(x_27.w), x_47, sum_16);
    sum_17 = fma(vec4<f32>(x_27.w), x_48, sum_17);
    sum_18 = fma(vec4<f32>(x_28.w), x_45, sum_18);
    sum_19 = fma(vec4<f32>(x_28.w), x_46, sum_19);
    sum_20 = fma(vec4<f32>(x_28.w), x_47, sum_20);
    sum_21 = fma(vec4<f32>(x_28.w), x_48, sum_21);
  }
  let lid_49 = i32(local_id.x);
  partial[(((lid_5 * 32i) + (lid_49 * 4i)) >> 2u)] = sum_10;
  partial[((((lid_5 + 16i) * 32i) + (lid_49 * 4i)) >> 2u)] = sum_11;
  partial[((((lid_5 + 32i) * 32i) + (lid_49 * 4i)) >> 2u)] = sum_12;
  partial[((((lid_5 + 48i) * 32i) + (lid_49 * 4i)) >> 2u)] = sum_13;
  workgroupBarrier();
  if (((lid_5 < 1i) && exists_3)) {
    var total_50 = vec4<f32>(0.0f);
    var total_51 = vec4<f32>(0.0f);
    var total_52 = vec4<f32>(0.0f);
    var total_53 = vec4<f32>(0.0f);
    for (var i_54 = 0i; i_54 < 16i; i_54 += 1i) {
      let x_55 = partial[(((i_54 * 32i) + (lid_49 * 4i)) >> 2u)];
      total_50 = (total_50 + x_55);
      let x_56 = partial[((((i_54 + 16i) * 32i) + (lid_49 * 4i)) >> 2u)];
      total_51 = (total_51 + x_56);
      let x_57 = partial[((((i_54 + 32i) * 32i) + (lid_49 * 4i)) >> 2u)];
      total_52 = (total_52 + x_57);
      let x_58 = partial[((((i_54 + 48i) * 32i) + (lid_49 * 4i)) >> 2u)];
      total_53 = (total_53 + x_58);
    }
    let gate_59 = ((gates_at + (sequence_7 * gates_row)) + unit_4);
    let x_60 = x[(gate_59 >> 2u)];
    let x_61 = x[((gate_59 + units) >> 2u)];
    let x_62 = x[((gate_59 + (units * 2i)) >> 2u)];
    let x_63 = x[((gate_59 + (units * 3i)) >> 2u)];
    let line_64 = (sequence_7 * row);
    let row_65 = (before + line_64);
    let row_66 = (after + line_64);
    let sums_67 = (scratch + (sequence_7 * scratch_row));
    let total_68 = (total_50 + x_60);
    let total_69 = (total_51 + x_61);
    let total_70 = (total_52 + x_62);
    let total_71 = (total_53 + x_63);
    let forget_72 = (vec4<f32>(1.0f) / (exp((-max(total_69, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let enters_73 = (vec4<f32>(1.0f) / (exp((-max(total_68, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let update_74 = tanh(clamp(total_70, vec4<f32>((-10.0f)), vec4<f32>(10.0f)));
    let x_75 = y[(((row_65 + c_area) + unit_4) >> 2u)];
    let state_76 = ((forget_72 * x_75) + (enters_73 * update_74));
    y[(((row_66 + c_area) + unit_4) >> 2u)] = state_76;
    y[(((row_66 + out_area) + unit_4) >> 2u)] = ((vec4<f32>(1.0f) / (exp((-max(total_71, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f))) * tanh(clamp(state_76, vec4<f32>((-10.0f)), vec4<f32>(10.0f))));
  }
  let lid_77 = i32(local_id.x);
  workgroupBarrier();
  partial[(((lid_5 * 32i) + (lid_77 * 4i)) >> 2u)] = sum_14;
  partial[((((lid_5 + 16i) * 32i) + (lid_77 * 4i)) >> 2u)] = sum_15;
  partial[((((lid_5 + 32i) * 32i) + (lid_77 * 4i)) >> 2u)] = sum_16;
  partial[((((lid_5 + 48i) * 32i) + (lid_77 * 4i)) >> 2u)] = sum_17;
  workgroupBarrier();
  if (((lid_5 < 1i) && exists_3)) {
    var total_78 = vec4<f32>(0.0f);
    var total_79 = vec4<f32>(0.0f);
    var total_80 = vec4<f32>(0.0f);
    var total_81 = vec4<f32>(0.0f);
    for (var i_82 = 0i; i_82 < 16i; i_82 += 1i) {
      let x_83 = partial[(((i_82 * 32i) + (lid_77 * 4i)) >> 2u)];
      total_78 = (total_78 + x_83);
      let x_84 = partial[((((i_82 + 16i) * 32i) + (lid_77 * 4i)) >> 2u)];
      total_79 = (total_79 + x_84);
      let x_85 = partial[((((i_82 + 32i) * 32i) + (lid_77 * 4i)) >> 2u)];
      total_80 = (total_80 + x_85);
      let x_86 = partial[((((i_82 + 48i) * 32i) + (lid_77 * 4i)) >> 2u)];
      total_81 = (total_81 + x_86);
    }
    let gate_87 = ((gates_at + (n_8 * gates_row)) + unit_4);
    let x_88 = x[(gate_87 >> 2u)];
    let x_89 = x[((gate_87 + units) >> 2u)];
    let x_90 = x[((gate_87 + (units * 2i)) >> 2u)];
    let x_91 = x[((gate_87 + (units * 3i)) >> 2u)];
    let line_92 = (n_8 * row);
    let row_93 = (before + line_92);
    let row_94 = (after + line_92);
    let sums_95 = (scratch + (n_8 * scratch_row));
    let total_96 = (total_78 + x_88);
    let total_97 = (total_79 + x_89);
    let total_98 = (total_80 + x_90);
    let total_99 = (total_81 + x_91);
    let forget_100 = (vec4<f32>(1.0f) / (exp((-max(total_97, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let enters_101 = (vec4<f32>(1.0f) / (exp((-max(total_96, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let update_102 = tanh(clamp(total_98, vec4<f32>((-10.0f)), vec4<f32>(10.0f)));
    let x_103 = y[(((row_93 + c_area) + unit_4) >> 2u)];
    let state_104 = ((forget_100 * x_103) + (enters_101 * update_102));
    y[(((row_94 + c_area) + unit_4) >> 2u)] = state_104;
    y[(((row_94 + out_area) + unit_4) >> 2u)] = ((vec4<f32>(1.0f) / (exp((-max(total_99, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f))) * tanh(clamp(state_104, vec4<f32>((-10.0f)), vec4<f32>(10.0f))));
  }
  let lid_105 = i32(local_id.x);
  workgroupBarrier();
  partial[(((lid_5 * 32i) + (lid_105 * 4i)) >> 2u)] = sum_18;
  partial[((((lid_5 + 16i) * 32i) + (lid_105 * 4i)) >> 2u)] = sum_19;
  partial[((((lid_5 + 32i) * 32i) + (lid_105 * 4i)) >> 2u)] = sum_20;
  partial[((((lid_5 + 48i) * 32i) + (lid_105 * 4i)) >> 2u)] = sum_21;
  workgroupBarrier();
  if (((lid_5 < 1i) && exists_3)) {
    var total_106 = vec4<f32>(0.0f);
    var total_107 = vec4<f32>(0.0f);
    var total_108 = vec4<f32>(0.0f);
    var total_109 = vec4<f32>(0.0f);
    for (var i_110 = 0i; i_110 < 16i; i_110 += 1i) {
      let x_111 = partial[(((i_110 * 32i) + (lid_105 * 4i)) >> 2u)];
      total_106 = (total_106 + x_111);
      let x_112 = partial[((((i_110 + 16i) * 32i) + (lid_105 * 4i)) >> 2u)];
      total_107 = (total_107 + x_112);
      let x_113 = partial[((((i_110 + 32i) * 32i) + (lid_105 * 4i)) >> 2u)];
      total_108 = (total_108 + x_113);
      let x_114 = partial[((((i_110 + 48i) * 32i) + (lid_105 * 4i)) >> 2u)];
      total_109 = (total_109 + x_114);
    }
    let gate_115 = ((gates_at + (n_9 * gates_row)) + unit_4);
    let x_116 = x[(gate_115 >> 2u)];
    let x_117 = x[((gate_115 + units) >> 2u)];
    let x_118 = x[((gate_115 + (units * 2i)) >> 2u)];
    let x_119 = x[((gate_115 + (units * 3i)) >> 2u)];
    let line_120 = (n_9 * row);
    let row_121 = (before + line_120);
    let row_122 = (after + line_120);
    let sums_123 = (scratch + (n_9 * scratch_row));
    let total_124 = (total_106 + x_116);
    let total_125 = (total_107 + x_117);
    let total_126 = (total_108 + x_118);
    let total_127 = (total_109 + x_119);
    let forget_128 = (vec4<f32>(1.0f) / (exp((-max(total_125, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let enters_129 = (vec4<f32>(1.0f) / (exp((-max(total_124, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let update_130 = tanh(clamp(total_126, vec4<f32>((-10.0f)), vec4<f32>(10.0f)));
    let x_131 = y[(((row_121 + c_area) + unit_4) >> 2u)];
    let state_132 = ((forget_128 * x_131) + (enters_129 * update_130));
    y[(((row_122 + c_area) + unit_4) >> 2u)] = state_132;
    y[(((row_122 + out_area) + unit_4) >> 2u)] = ((vec4<f32>(1.0f) / (exp((-max(total_127, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f))) * tanh(clamp(state_132, vec4<f32>((-10.0f)), vec4<f32>(10.0f))));
  }
}
