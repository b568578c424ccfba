package thresholdmatrix

import com.fasterxml.jackson.databind.json.JsonMapper
import java.math.BigDecimal
import java.math.BigInteger
import java.time.LocalDate
import java.time.LocalDateTime
import java.util.concurrent.Executors
import java.util.concurrent.Future
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

private const val TEXT = """format: 1
id: small
version: 1.0.0
title: A small matrix
status: local
inputs:
  arrests: { type: integer, range: [0, 999999999999999], missing: unknown }
  rsr: { type: decimal, places: 9, range: [0, 100], missing: absent }
  flags: { type: set, values: [fire, knife], missing: absent }
  arrested: { type: date, missing: absent }
criteria:
  arrests: { title: Arrests, input: arrests, bands: [ { from: 0, points: 0 }, { from: 5, points: 1.5 } ] }
  rsr: { title: Risk, input: rsr, absent: 0, bands: [ { from: 0, points: 0 }, { from: 6.123456789, points: 0.100001 } ] }
dimensions:
  risk: { title: Risk, score: [arrests, rsr], levels: [ { level: high, from: 1.600001 }, { level: low } ] }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { risk: high } }, { tier: low } ] }
"""

class ScoreTest {
    private val asAt = LocalDate.of(2026, 12, 5)
    private val small = ThresholdMatrix.load(TEXT)

    @Test
    fun `points are decimals, and never floats`() {
        val outcome = small.score(mapOf("arrests" to 5, "rsr" to BigDecimal("6.123456789")), asAt)
        assertEquals("high", outcome.tier())
        assertEquals(listOf("high"), outcome.possible())
        val risk = outcome.dimensions().getValue("risk")
        val score = BigDecimal("1.600001")
        assertEquals(Outcome.Dimension(score, score, score, "high", null), risk)
        assertEquals(mapOf<String, BigDecimal?>("arrests" to BigDecimal("1.5"), "rsr" to BigDecimal("0.100001")), outcome.points())
        assertEquals(asAt, outcome.asAt())
        assertEquals(small.hash(), outcome.matrix().hash())
    }

    @Test
    fun `the same value in every form that the JVM has`() {
        val text = """{"arrests": 999999999999999, "rsr": 6.5, "flags": ["fire", "knife"], "arrested": "2001-02-03"}"""
        val expected = small.score(text, asAt)
        assertEquals(expected, small.score(JsonMapper().readTree(text), asAt))
        for (arrests in listOf(999999999999999, BigInteger("999999999999999"), "999999999999999", 999999999999999.0)) {
            for (rsr in listOf(BigDecimal("6.5"), 6.5, 6.5f, "6.5", BigDecimal("65E-1"))) {
                for (flags in listOf(listOf("fire", "knife"), setOf("knife", "fire"))) {
                    for (arrested in listOf("2001-02-03", LocalDate.of(2001, 2, 3))) {
                        val profile = mapOf("arrests" to arrests, "rsr" to rsr, "flags" to flags, "arrested" to arrested)
                        assertEquals(expected, small.score(profile, asAt), "$profile")
                    }
                }
            }
        }
    }

    @Test
    fun `what is not recorded is null or left out`() {
        for (profile in listOf(mapOf(), mapOf("arrests" to null))) {
            val risk = small.score(profile, asAt).dimensions().getValue("risk")
            assertNull(risk.score)
            assertEquals(BigDecimal("1.5"), risk.most)
        }
    }

    @Test
    fun `everything that is wrong with a profile is told at once`() {
        val profile = mapOf("arrests" to Double.NaN, "rsr" to "6.1234567891", "flags" to listOf(1), "shots" to 1, "arrested" to LocalDateTime.MIN)
        val refused = assertFailsWith<Refused> { small.score(profile, asAt) }
        assertEquals(
            setOf("wrong_type" to "arrests", "wrong_type" to "flags", "wrong_type" to "arrested", "unknown_input" to "shots", "too_many_places" to "rsr"),
            refused.problems().map { it.kind to it.inputs.single() }.toSet(),
        )
        assertContains(refused.message!!, "`arrests` is NaN, which is not a number; write null for what is not recorded")
        assertFailsWith<Refused> { small.explain("""{"arrests": -1}""", asAt) }
    }

    @Test
    fun `texts are written as JSON has them`() {
        for (text in listOf("\"", "\\", "\u0000\n", "é😀", "\",\"arrests\":1")) {
            val refused = assertFailsWith<Refused> { small.score(mapOf("arrests" to text), asAt) }
            assertEquals(listOf("arrests"), refused.problems().single().inputs)
        }
    }

    @Test
    fun `what is no profile and no matrix is said`() {
        assertFailsWith<ThresholdMatrixException> { small.score("[", asAt) }
        assertContains(assertFailsWith<ThresholdMatrixException> { ThresholdMatrix.open("iom-threshold") }.message!!, "does not say which version")
        assertEquals("iom-threshold", ThresholdMatrix.open("iom-threshold", asAt).id())
        assertContains(ThresholdMatrix.matrices(), "hmpps-utm@2.0.0")
    }

    @Test
    fun `faults of a matrix have places`() {
        val text = TEXT.replace("input: arrests", "input: arests")
        val error = assertFailsWith<MatrixException> { ThresholdMatrix.load(text, "area.yaml") }
        val fault = error.faults().first()
        assertEquals(listOf("undeclared-name", 12, "did you mean `arrests`?"), listOf(fault.code, fault.line, fault.help))
        assertContains(error.message!!, "area.yaml:12")
        val checked = ThresholdMatrix.check(text, "area.yaml", null)
        assertFalse(checked["loads"].booleanValue())
        assertTrue(ThresholdMatrix.check(TEXT, "area.yaml", asAt)["complete"].booleanValue())
    }

    @Test
    fun `explanations, changes, comparisons and records are those of the library`() {
        val profile = mapOf("arrests" to 5, "rsr" to "6.123456789")
        val explanation = small.explain(profile, asAt)
        assertContains("$explanation", "Result: high")
        assertContains(explanation.toHtml(), "<!doctype html>", ignoreCase = true)
        assertContains(explanation.toMarkdown(), "6.123456789")
        assertFalse("6.123456789" in explanation.redacted().toMarkdown())
        assertEquals(BigDecimal("1.5"), explanation.trace()["criteria"][0]["points"].decimalValue())
        assertTrue(small.changes(profile, asAt)["complete"].booleanValue())
        val revised = ThresholdMatrix.load(TEXT.replace("from: 1.600001", "from: 1.5").replace("version: 1.0.0", "version: 1.1.0"))
        val shift = small.compare(revised, asAt)["shifts"].single()
        assertEquals("low" to "high", shift["from"].textValue() to shift["to"].textValue())
        assertEquals("high", revised.score(shift["witness"], asAt).tier())
        val record = JsonMapper().readTree(small.record(profile, asAt, "N-17"))
        assertEquals("N-17", record["person"].textValue())
    }

    @Test
    fun `a matrix is closed while others use it`() {
        val matrix = ThresholdMatrix.load(TEXT)
        val threads = Executors.newFixedThreadPool(4)
        val scored: List<Future<Int>> = (1..4).map {
            threads.submit<Int> {
                var count = 0
                try {
                    while (true) {
                        matrix.score("""{"arrests": 5}""", asAt)
                        count++
                    }
                    @Suppress("UNREACHABLE_CODE")
                    count
                } catch (closed: IllegalStateException) {
                    assertEquals("the matrix is closed", closed.message)
                    count
                }
            }
        }
        Thread.sleep(100)
        matrix.close()
        matrix.close()
        assertTrue(scored.all { it.get() > 0 })
        threads.shutdown()
        assertEquals("small", matrix.id())
        assertFailsWith<IllegalStateException> { matrix.score(mapOf(), asAt) }
    }
}
