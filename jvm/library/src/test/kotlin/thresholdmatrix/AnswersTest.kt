package thresholdmatrix

import java.io.File
import java.time.DateTimeException
import java.time.LocalDate
import kotlin.test.Test
import kotlin.test.assertEquals
import org.junit.jupiter.api.Assumptions.assumeTrue

/** The answers are those of the library, byte for byte. `check.sh` has the library write the questions. */
class AnswersTest {
    @Test
    fun `the answers are those of the library`() {
        val folder = System.getProperty("asked")
        assumeTrue(folder != null, "no questions were written: `check.sh` writes them")
        val opened = HashMap<String, Result<ThresholdMatrix>>()
        val answers = File(folder, "answers.txt").readLines()
        val questions = File(folder, "questions.tsv").readLines()
        assertEquals(2 * questions.size, answers.size)
        var compared = 0
        for ((line, question) in questions.withIndex()) {
            val (name, day, profile) = question.split('\t')
            val asAt = try {
                LocalDate.parse(day)
            } catch (_: DateTimeException) {
                continue
            }
            val matrix = opened.getOrPut(name) {
                runCatching {
                    if (name.endsWith(".yaml")) ThresholdMatrix.load(File(folder, name).readText(), name) else ThresholdMatrix.open(name)
                }
            }
            assertEquals(answers[2 * line], answer { matrix.getOrThrow().scoreToJson(profile, asAt) }, question)
            assertEquals(answers[2 * line + 1], answer { matrix.getOrThrow().explain(profile, asAt).traceToJson() }, question)
            compared++
        }
        println("the answers are those of the library: $compared questions")
    }

    private fun answer(ask: () -> String): String = try {
        ask()
    } catch (wrong: ThresholdMatrixException) {
        wrong.json()
    }
}
