package dev.signet.template;

/** The final argument of a command that no pipeline leads into. Lives only inside the evaluator. */
enum Missing implements Value {
  ARGUMENT;

  @Override
  public GoType type() {
    return GoType.INVALID;
  }
}
