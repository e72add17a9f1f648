@group(0) @binding(0) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> vectors: array<vec4<f32>>;
struct Sizes {
  units: i32,
  row: i32,
  before: i32,
  after: i32,
  scratch: i32,
  scratch_row: i32,
  c_area: i32,
  out_area: i32,
  true_units: i32,
}
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64, 1, 1)
fn f32_recurrent_lstm_tanh_normalized_state_r1x4(
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
  let c_area = sizes.c_area;
  let out_area = sizes.out_area;
  let true_units = sizes.true_units;
  let gid_1 = i32(global_id.x);
  let unit_2 = (gid_1 * 4i);
  let gid_3 = i32(global_id.y);
  if ((unit_2 < units)) {
    let line_4 = (gid_3 * row);
    let row_5 = (before + line_4);
    let row_6 = (after + line_4);
    let sums_7 = (scratch + (gid_3 * scratch_row));
    let share_8 = (1.0f / f32(true_units));
    var total_9 = 0.0f;
    for (var i_10 = 0i; i_10 < true_units; i_10 += 1i) {
      let x_11 = y[((sums_7 + i_10) >> 2u)][((sums_7 + i_10) & 3i)];
      total_9 = (total_9 + x_11);
    }
    let mean_12 = (total_9 * share_8);
    var total_13 = 0.0f;
    for (var i_14 = 0i; i_14 < true_units; i_14 += 1i) {
      let x_15 = y[((sums_7 + i_14) >> 2u)][((sums_7 + i_14) & 3i)];
      total_13 = (total_13 + ((x_15 - mean_12) * (x_15 - mean_12)));
    }
    let variance_16 = (total_13 * share_8);
    let x_17 = y[((sums_7 + unit_2) >> 2u)];
    let x_18 = vectors[(unit_2 >> 2u)];
    let x_19 = vectors[(((units * 4i) + unit_2) >> 2u)];
    let normalized_20 = ((((x_17 - vec4<f32>(mean_12)) / vec4<f32>(sqrt((variance_16 + 1e-08f)))) * x_18) + x_19);
    let share_21 = (1.0f / f32(true_units));
    var total_22 = 0.0f;
    for (var i_23 = 0i; i_23 < true_units; i_23 += 1i) {
      let x_24 = y[(((sums_7 + units) + i_23) >> 2u)][(((sums_7 + units) + i_23) & 3i)];
      total_22 = (total_22 + x_24);
    }
    let mean_25 = (total_22 * share_21);
    var total_26 = 0.0f;
    for (var i_27 = 0i; i_27 < true_units; i_27 += 1i) {
      let x_28 = y[(((sums_7 + units) + i_27) >> 2u)][(((sums_7 + units) + i_27) & 3i)];
      total_26 = (total_26 + ((x_28 - mean_25) * (x_28 - mean_25)));
    }
    let variance_29 = (total_26 * share_21);
    let x_30 = y[(((sums_7 + units) + unit_2) >> 2u)];
    let x_31 = vectors[((units + unit_2) >> 2u)];
    let x_32 = vectors[(((units * 5i) + unit_2) >> 2u)];
    let normalized_33 = ((((x_30 - vec4<f32>(mean_25)) / vec4<f32>(sqrt((variance_29 + 1e-08f)))) * x_31) + x_32);
    let share_34 = (1.0f / f32(true_units));
    var total_35 = 0.0f;
    for (var i_36 = 0i; i_36 < true_units; i_36 += 1i) {
      let x_37 = y[(((sums_7 + (units * 2i)) + i_36) >> 2u)][(((sums_7 + (units * 2i)) + i_36) & 3i)];
      total_35 = (total_35 + x_37);
    }
    let mean_38 = (total_35 * share_34);
    var total_39 = 0.0f;
    for (var i_40 = 0i; i_40 < true_units; i_40 += 1i) {
      let x_41 = y[(((sums_7 + (units * 2i)) + i_40) >> 2u)][(((sums_7 + (units * 2i)) + i_40) & 3i)];
      total_39 = (total_39 + ((x_41 - mean_38) * (x_41 - mean_38)));
    }
    let variance_42 = (total_39 * share_34);
    let x_43 = y[(((sums_7 + (units * 2i)) + unit_2) >> 2u)];
    let x_44 = vectors[(((units * 2i) + unit_2) >> 2u)];
    let x_45 = vectors[(((units * 6i) + unit_2) >> 2u)];
    let normalized_46 = ((((x_43 - vec4<f32>(mean_38)) / vec4<f32>(sqrt((variance_42 + 1e-08f)))) * x_44) + x_45);
    let forget_47 = (vec4<f32>(1.0f) / (exp((-max(normalized_33, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let enters_48 = (vec4<f32>(1.0f) / (exp((-max(normalized_20, vec4<f32>((-87.0f))))) + vec4<f32>(1.0f)));
    let update_49 = tanh(clamp(normalized_46, vec4<f32>((-10.0f)), vec4<f32>(10.0f)));
    let x_50 = y[(((row_5 + c_area) + unit_2) >> 2u)];
    let state_51 = ((forget_47 * x_50) + (enters_48 * update_49));
    y[(((row_6 + c_area) + unit_2) >> 2u)] = state_51;
  }
}
