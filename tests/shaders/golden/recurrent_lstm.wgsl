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
@compute @workgroup_size(64, 1, 1)
fn f32_recurrent_lstm_tanh_g4_r3x4(
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
  let gid_3 = i32(global_id.y);
  let sequence_4 = (gid_3 * 3i);
  let n_5 = (sequence_4 + 1i);
  let n_6 = (sequence_4 + 2i);
  if ((unit_2 < units)) {
    var sum_7 = vec4<f32>(0.0f);
    var sum_8 = vec4<f32>(0.0f);
    var sum_9 = vec4<f32>(0.0f);
    var sum_10 = vec4<f32>(0.0f);
    var sum_11 = vec4<f32>(0.0f);
    var sum_12 = vec4<f32>(0.0f);
    var sum_13 = vec4<f32>(0.0f);
    var sum_14 = vec4<f32>(0.0f);
    var sum_15 = vec4<f32>(0.0f);
    var sum_16 = vec4<f32>(0.0f);
    var sum_17 = vec4<f32>(0.0f);
    var sum_18 = vec4<f32>(0.0f);
    let source_19 = (source_at + (sequence_4 * row));
    let source_20 = (source_at + (n_5 * row));
    let source_21 = (source_at + (n_6 * row));
    for (var i_22 = 0i; i_22 < depth; i_22 += 4i) {
      let x_23 = y[((source_19 + i_22) >> 2u)];
      let x_24 = y[((source_20 + i_22) >> 2u)];
      let x_25 = y[((source_21 + i_22) >> 2u)];
      let base_26 = (unit_2 + ((i_22 * 4i) * units));
      let x_27 = weights[(base_26 >> 2u)];
      let x_28 = weights[((base_26 + units) >> 2u)];
      let x_29 = weights[((base_26 + (2i * units)) >> 2u)];
      let x_30 = weights[((base_26 + (3i * units)) >> 2u)];
      sum_7 = fma(vec4<f32>(x_23.x), x_27, sum_7);
      sum_8 = fma(vec4<f32>(x_23.x), x_28, sum_8);
      sum_9 = fma(vec4<f32>(x_23.x), x_29, sum_9);
      sum_10 = fma(vec4<f32>(x_23.x), x_30, sum_10);
      sum_11 = fma(vec4<f32>(x_24.x), x_27, sum_11);
      sum_12 = fma(vec4<f32>(x_24.x), x_28, sum_12);
      sum_13 = fma(vec4<f32>(x_24.x), x_29, sum_13);
      sum_14 = fma(vec4<f32>(x_24.x), x_30, sum_14);
      sum_15 = fma(vec4<f32>(x_25.x), x_27, sum_15);
      sum_16 = fma(vec4<f32>(x_25.x), x_28, sum_16);
      sum_17 = fma(vec4<f32>(x_25.x), x_29, sum_17);
      sum_18 = fma(vec4<f32>(x_25.x), x_30, sum_18);
      let base_31 = (unit_2 + (((i_22 + 1i) * 4i) * units));
      let x_32 = weights[(base_31 >> 2u)];
      let x_33 = weights[((base_31 + units) >> 2u)];
      let x_34 = weights[((base_31 + (2i * units)) >> 2u)];
      let x_35 = weights[((base_31 + (3i * units)) >> 2u)];
      sum_7 = fma(vec4<f32>(x_23.y), x_32, sum_7);
      sum_8 = fma(vec4<f32>(x_23.y), x_33, sum_8);
      sum_9 = fma(vec4<f32>(x_23.y), x_34, sum_9);
      sum_10 = fma(vec4<f32>(x_23.y), x_35, sum_10);
      sum_11 = fma(vec4<f32>(x_24.y), x_32, sum_11);
      sum_12 = fma(vec4<f32>(x_24.y), x_33, sum_12);
      sum_13 = fma(vec4<f32>(x_24.y), x_34, sum_13);
      sum_14 = fma(vec4<f32>(x_24.y), x_35, sum_14);
      sum_15 = fma(vec4<f32>(x_25.y), x_32, sum_15);
      sum_16 = fma(vec4<f32>(x_25.y), x_33, sum_16);
      sum_17 = fma(vec4<f32>(x_25.y), x_34, sum_17);
      sum_18 = fma(vec4<f32>(x_25.y), x_35, sum_18);
      let base_36 = (unit_2 + (((i_22 + 2i) * 4i) * units));
      let x_37 = weights[(base_36 >> 2u)];
      let x_38 = weights[((base_36 + units) >> 2u)];
      let x_39 = weights[((base_36 + (2i * units)) >> 2u)];
      let x_40 = weights[((base_36 + (3i * units)) >> 2u)];
      sum_7 = fma(vec4<f32>(x_23.z), x_37, sum_7);
      sum_8 = fma(vec4<f32>(x_23.z), x_38, sum_8);
      sum_9 = fma(vec4<f32>(x_23.z), x_39, sum_9);
      sum_10 = fma(vec4<f32>(x_23.z), x_40, sum_10);
      sum_11 = fma(vec4<f32>(x_24.z), x_37, sum_11);
      sum_12 = fma(vec4<f32>(x_24.z), x_38, sum_12);
      sum_13 = fma(vec4<f32>(x_24.z), x_39, sum_13);
      sum_14 = fma(vec4<f32>(x_24.z), x_40, sum_14);
      sum_15 = fma(vec4<f32>(x_25.z), x_37, sum_15);
      sum_16 = fma(vec4<f32>(x_25.z), x_38, sum_16);
      sum_17 = fma(vec4<f32>(x_25.z), x_39, sum_17);
      sum_18 = fma(vec4<f32>(x_25.z), x_40, sum_18);
      let base_41 = (unit_2 + (((i_22 + 3i) * 4i) * units));
      let x_42 = weights[(base_41 >> 2u)];
      let x_43 = weights[((base_41 + units) >> 2u)];
      let x_44 = weights[((base_41 + (2i * units)) >> 2u)];
      let x_45 = weights[((base_41 + (3i * units)) >> 2u)];
      sum_7 = fma(vec4<f32>(x_23.w), x_42, sum_7);
      sum_8 = fma(vec4<f32>(x_23.w), x_43, sum_8);
      sum_9 = fma(vec4<f32>(x_23.w), x_44, sum_9);
      sum_10 = fma(vec4<f32>(x_23.w), x_45, sum_10);
      sum_11 = fma(vec4<f32>(x_24.w), x_42, sum_11);
      sum_12 = fma(vec4<f32>(x_24.w), x_43, sum_12);
      sum_13 = fma(vec4<f32>(x_24.w), x_44, sum_13);
      sum_14 = fma(vec4<f32>(x_24.w), x_45, sum_14);
      sum_15 = fma(vec4<f32>(x_25.w), x_42, sum_15);
      sum_16 = fma(vec4<f32>(x_25.w), x_43, sum_16);
      sum_17 = fma(vec4<f32>(x_25.w), x_44, sum_17);
      sum_18 = fma(vec4<f32>(x_25.w), x_45, sum_18);
    }
    let gate_46 = ((gates_at + (sequence_4 * gates_row)) + unit_2);
    let x_47 = x[(gate_46 >> 2u)];
    let x_48 = x[((gate_46 + units) >> 2u)];
    let x_49 = x[((gate_46 + (units * 2i)) >> 2u)];
    let x_50 = x[((gate_46 + (units * 3i)) >> 2u)];
    let line_51 = (sequence_4 * row);
    let row_52 = (before + line_51);
    let row_53 = (after + line_51);
    let sums_54 = (scratch + (sequence_4 * scratch_row));
    let total_55 = (sum_7 + x_47);
    let total_56 = (sum_8 + x_48);
    let total_57 = (sum_9 + x_49);
    let total_58 = (sum_10 + x_50);
    let forget_59 = (vec4<f32>(1.0f) / (exp((-max(total_56, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let enters_60 = (vec4<f32>(1.0f) / (exp((-max(total_55, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let update_61 = tanh(clamp(total_57, vec4<f32>((-10.0f)), vec4<f32>(10.0f)));
    let x_62 = y[(((row_52 + c_area) + unit_2) >> 2u)];
    let state_63 = ((forget_59 * x_62) + (enters_60 * update_61));
    y[(((row_53 + c_area) + unit_2) >> 2u)] = state_63;
    y[(((row_53 + out_area) + unit_2) >> 2u)] = ((vec4<f32>(1.0f) / (exp((-max(total_58, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f))) * tanh(clamp(state_63, vec4<f32>((-10.0f)), vec4<f32>(10.0f))));
    let gate_64 = ((gates_at + (n_5 * gates_row)) + unit_2);
    let x_65 = x[(gate_64 >> 2u)];
    let x_66 = x[((gate_64 + units) >> 2u)];
    let x_67 = x[((gate_64 + (units * 2i)) >> 2u)];
    let x_68 = x[((gate_64 + (units * 3i)) >> 2u)];
    let line_69 = (n_5 * row);
    let row_70 = (before + line_69);
    let row_71 = (after + line_69);
    let sums_72 = (scratch + (n_5 * scratch_row));
    let total_73 = (sum_11 + x_65);
    let total_74 = (sum_12 + x_66);
    let total_75 = (sum_13 + x_67);
    let total_76 = (sum_14 + x_68);
    let forget_77 = (vec4<f32>(1.0f) / (exp((-max(total_74, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let enters_78 = (vec4<f32>(1.0f) / (exp((-max(total_73, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let update_79 = tanh(clamp(total_75, vec4<f32>((-10.0f)), vec4<f32>(10.0f)));
    let x_80 = y[(((row_70 + c_area) + unit_2) >> 2u)];
    let state_81 = ((forget_77 * x_80) + (enters_78 * update_79));
    y[(((row_71 + c_area) + unit_2) >> 2u)] = state_81;
    y[(((row_71 + out_area) + unit_2) >> 2u)] = ((vec4<f32>(1.0f) / (exp((-max(total_76, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f))) * tanh(clamp(state_81, vec4<f32>((-10.0f)), vec4<f32>(10.0f))));
    let gate_82 = ((gates_at + (n_6 * gates_row)) + unit_2);
    let x_83 = x[(gate_82 >> 2u)];
    let x_84 = x[((gate_82 + units) >> 2u)];
    let x_85 = x[((gate_82 + (units * 2i)) >> 2u)];
    let x_86 = x[((gate_82 + (units * 3i)) >> 2u)];
    let line_87 = (n_6 * row);
    let row_88 = (before + line_87);
    let row_89 = (after + line_87);
    let sums_90 = (scratch + (n_6 * scratch_row));
    let total_91 = (sum_15 + x_83);
    let total_92 = (sum_16 + x_84);
    let total_93 = (sum_17 + x_85);
    let total_94 = (sum_18 + x_86);
    let forget_95 = (vec4<f32>(1.0f) / (exp((-max(total_92, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let enters_96 = (vec4<f32>(1.0f) / (exp((-max(total_91, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let update_97 = tanh(clamp(total_93, vec4<f32>((-10.0f)), vec4<f32>(10.0f)));
    let x_98 = y[(((row_88 + c_area) + unit_2) >> 2u)];
    let state_99 = ((forget_95 * x_98) + (enters_96 * update_97));
    y[(((row_89 + c_area) + unit_2) >> 2u)] = state_99;
    y[(((row_89 + out_area) + unit_2) >> 2u)] = ((vec4<f32>(1.0f) / (exp((-max(total_94, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f))) * tanh(clamp(state_99, vec4<f32>((-10.0f)), vec4<f32>(10.0f))));
  }
}
