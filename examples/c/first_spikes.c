/* One input, one leaky neuron, 32 ticks on a simulated board. */
#include <spikelet/spikelet.h>
#include <stdio.h>

#define TRY(call) \
  if ((call) != SPK_OK) return fprintf(stderr, "%s\n", spk_context_message(context)), 1

int main(void) {
  spk_context *context = NULL;
  spk_device *board;
  spk_model *model;
  spk_session *session;
  TRY(spk_context_create(NULL, &context));
  TRY(spk_device_open(context, "sim:", NULL, &board));
  TRY(spk_model_create(context, "first spikes", &model));

  spk_population input = SPK_POPULATION_INIT, cell = SPK_POPULATION_INIT;
  input.kind = SPK_INPUT;
  input.neuron_count = cell.neuron_count = 1;
  cell.role = SPK_ROLE_OUTPUT;
  cell.threshold = 400;
  cell.decays[0].membrane = 256;  /* keeps 15/16 of its membrane each tick, */
  cell.decays[0].current1 = 1024; /* and 3/4 of its synaptic current */
  TRY(spk_model_add_population(model, "input", &input, NULL));
  TRY(spk_model_add_population(model, "cell", &cell, NULL));

  spk_projection synapse = SPK_PROJECTION_INIT;
  synapse.source = 0;
  synapse.target = 1;
  TRY(spk_model_add_projection(model, "input-cell", &synapse, NULL));
  TRY(spk_model_set_weights(model, 0, (int16_t[]){100}, 1));

  spk_event in[] = {{2, 0, 0}, {4, 0, 0}, {6, 0, 0}, {16, 0, 0}, {17, 0, 0}, {18, 0, 0}}, out[32];
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  run.ticks = 32;
  size_t count;
  TRY(spk_session_open(board, model, NULL, &session));
  TRY(spk_session_run(session, &run, in, sizeof in / sizeof in[0], out, 32, &count));
  for (size_t i = 0; i < count; i++) printf("the cell fired at tick %u\n", (unsigned)out[i].tick);

  TRY(spk_session_close(session));
  TRY(spk_model_close(model));
  TRY(spk_device_close(board));
  return spk_context_close(context) != SPK_OK;
}
