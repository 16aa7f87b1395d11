package dev.signet.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Does the same with many files on all cores, and shows how far it is. */
final class EachFile {

  private EachFile() {}

  /** The results in the order of the files. */
  static <T> List<T> of(
      Surroundings surroundings,
      String what,
      List<ManifestFiles.Found> files,
      Function<ManifestFiles.Found, T> work) {
    ProgressBar progress = new ProgressBar(surroundings, what);
    AtomicInteger done = new AtomicInteger();
    int threads = Math.max(1, Math.min(files.size(), Runtime.getRuntime().availableProcessors()));
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<T>> running = new ArrayList<>();
      for (ManifestFiles.Found file : files) {
        running.add(
            pool.submit(
                () -> {
                  T result = work.apply(file);
                  progress.at(done.incrementAndGet(), files.size());
                  return result;
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> each : running) {
        results.add(each.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      progress.end();
    }
  }
}
