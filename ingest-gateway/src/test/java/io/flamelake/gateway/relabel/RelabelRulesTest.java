/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.relabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.flamelake.model.LabelSet;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelabelRulesTest {

  private static final ObjectMapper JSON = new JsonMapper();

  /**
   * Rules in JSON with single quotes, labels before and after as {@code a=1,b=2}; {@code dropped}
   * where the labels are dropped, {@code nothing} where none is left. {@code @@}: two spaces.
   */
  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '`',
      textBlock =
          """
          # the defaults copy the joined source labels
          {'source_labels':['a'],'target_label':'b'}                                        | a=1             | a=1,b=1
          {'source_labels':['a','c'],'target_label':'b'}                                    | a=1,c=2         | a=1,b=1;2,c=2
          {'source_labels':['a','missing'],'target_label':'b'}                              | a=1             | a=1,b=1;
          {'source_labels':['a','c'],'separator':'-','target_label':'b'}                    | a=1,c=2         | a=1,b=1-2,c=2
          {'source_labels':['a','c'],'separator':'','target_label':'b'}                     | a=1,c=2         | a=1,b=12,c=2
          {'target_label':'b','replacement':'x'}                                            | a=1             | a=1,b=x
          # the regex matches the whole value, newlines included
          {'source_labels':['a'],'regex':'o','target_label':'b','replacement':'x'}          | a=foo           | a=foo
          {'source_labels':['a'],'regex':'f.*|b','target_label':'b','replacement':'x'}      | a=foo           | a=foo,b=x
          {'source_labels':['a'],'regex':'b|f','target_label':'b','replacement':'x'}        | a=foo           | a=foo
          # references
          {'source_labels':['a'],'regex':'(.)(.)','target_label':'b','replacement':'${2}1$1'} | a=xy          | a=xy,b=y1x
          {'source_labels':['a'],'regex':'(.)(.)','target_label':'b','replacement':'<$1x>'} | a=xy            | a=xy,b=<>
          {'source_labels':['a'],'regex':'(.)(.)','target_label':'b','replacement':'<${1}x>'} | a=xy          | a=xy,b=<xx>
          {'source_labels':['a'],'regex':'(?P<first>.).*','target_label':'b','replacement':'$first'} | a=xy   | a=xy,b=x
          {'source_labels':['a'],'regex':'(?P<first>.).*','target_label':'b','replacement':'${first}s $firsts.'} | a=xy | a=xy,b=xs .
          {'source_labels':['a'],'target_label':'b','replacement':'$0!'}                    | a=xy            | a=xy,b=xy!
          {'source_labels':['a'],'target_label':'b','replacement':'$$1 $ ${ ${} ${1 $7 $01'} | a=xy           | a=xy,b=$1 $ ${ ${} ${1@@
          {'source_labels':['a'],'regex':'(x)|(y)','target_label':'b','replacement':'$1-$2'} | a=y            | a=y,b=-y
          {'source_labels':['a'],'regex':'(.)(.)','target_label':'t_${1}_$2','replacement':'v'} | a=xy        | a=xy,t_x_y=v
          {'source_labels':['a'],'target_label':'$2','replacement':'v'}                     | a=xy            | a=xy
          # an empty value removes the label
          {'source_labels':['a'],'target_label':'b','replacement':''}                       | a=1,b=2         | a=1
          {'source_labels':['missing'],'target_label':'b'}                                  | a=1,b=2         | a=1
          {'target_label':'b','replacement':'$2'}                                           | b=2             | nothing
          # keep and drop
          {'source_labels':['a'],'regex':'f.*','action':'keep'}                             | a=foo           | a=foo
          {'source_labels':['a'],'regex':'o.*','action':'keep'}                             | a=foo           | dropped
          {'source_labels':['missing'],'regex':'','action':'keep'}                          | a=foo           | a=foo
          {'source_labels':['a'],'regex':'f.*','action':'drop'}                             | a=foo           | dropped
          {'source_labels':['a'],'regex':'o.*','action':'Drop'}                             | a=foo           | a=foo
          {'source_labels':['a','b'],'regex':'x;y','action':'drop'}                         | a=x,b=y         | dropped
          {'source_labels':['a'],'regex':true,'action':'drop'}                              | a=true          | dropped
          {'source_labels':['a'],'regex':'fo*','action':'keep'}                             | a=f             | a=f
          {'source_labels':['a'],'regex':'fo?b','action':'keep'}                            | a=fb            | a=fb
          {'source_labels':['a'],'regex':'fo{0,1}b','action':'keep'}                        | a=fb            | a=fb
          {'source_labels':['a'],'regex':'foo','action':'keep'}                             | a=foobar        | dropped
          {'source_labels':['a'],'regex':'(?i)foo','action':'keep'}                         | a=FOO           | a=FOO
          {'source_labels':['a'],'regex':'f\\\\.o','action':'keep'}                           | a=f.o           | a=f.o
          {'source_labels':['a'],'regex':'foo|bar','action':'keep'}                         | a=bar           | a=bar
          # comparisons
          {'source_labels':['a'],'target_label':'b','action':'keepequal'}                   | a=1,b=1         | a=1,b=1
          {'source_labels':['a'],'target_label':'b','action':'keepequal'}                   | a=1,b=2         | dropped
          {'source_labels':['a'],'target_label':'b','action':'keepequal'}                   | c=2             | c=2
          {'source_labels':['a'],'target_label':'b','action':'dropequal'}                   | a=1,b=1         | dropped
          {'source_labels':['a'],'target_label':'b','action':'dropequal'}                   | a=1,b=2         | a=1,b=2
          {'source_labels':['a'],'target_label':'b','action':'dropequal'}                   | c=2             | dropped
          # names
          {'regex':'k8s_(.+)','action':'labelmap'}                                          | k8s_app=x,k8s_=y | app=x,k8s_=y,k8s_app=x
          {'regex':'k8s_(.+)','replacement':'p_$1','action':'labelmap'}                     | k8s_app=x       | k8s_app=x,p_app=x
          {'regex':'a(.*)','action':'labelmap'}                                             | aaab=1          | aaab=1,aab=1
          {'regex':'(a|b).*','action':'labelmap'}                                           | a1=x,b1=y,b2=z  | a=x,a1=x,b=z,b1=y,b2=z
          {'regex':'a(.*)','action':'labelmap'}                                             | a=1             | a=1
          {'regex':'k8s_.*','action':'labeldrop'}                                           | k8s_app=x,a=1   | a=1
          {'regex':'k8s','action':'labeldrop'}                                              | k8s_app=x,a=1   | a=1,k8s_app=x
          {'regex':'k8s_.*','action':'labelkeep'}                                           | k8s_app=x,a=1   | k8s_app=x
          # case
          {'source_labels':['a'],'target_label':'a','action':'lowercase'}                   | a=FoO           | a=foo
          {'source_labels':['a','b'],'target_label':'c','action':'uppercase'}               | a=x,b=straße    | a=x,b=straße,c=X;STRAßE
          {'source_labels':['a'],'target_label':'c','action':'lowercase'}                   | c=x             | nothing
          # hashmod: numbers of Python's hashlib, int.from_bytes(md5(s).digest()[8:], 'big') % modulus
          {'source_labels':['a'],'target_label':'h','modulus':1000,'action':'hashmod'}      | a=10.1.2.3:8080 | a=10.1.2.3:8080,h=322
          {'source_labels':['a','b'],'target_label':'h','modulus':1000,'action':'hashmod'}  | a=a,b=b         | a=a,b=b,h=74
          {'source_labels':['x'],'target_label':'h','modulus':9223372036854775807,'action':'hashmod'} | b=b   | b=b,h=7602086723416769151
          {'source_labels':['a'],'target_label':'h','modulus':1000,'action':'hashmod'}      | a=ü             | a=ü,h=211
          # one after the other
          {'source_labels':['a'],'target_label':'b'},{'source_labels':['b'],'target_label':'c'},{'regex':'a','action':'labeldrop'} | a=1 | b=1,c=1
          {'source_labels':['a'],'regex':'1','action':'drop'},{'target_label':'a','replacement':'2'} | a=1    | dropped
          {'source_labels':['__address__','port'],'regex':'(.+?)(?::\\\\d+)?;(\\\\d+)','target_label':'__address__','replacement':'$1:$2'} | __address__=10.0.0.1:80,port=9090 | __address__=10.0.0.1:9090,port=9090
          """)
  void appliesRules(String rules, String before, String after) throws Exception {
    Map<String, String> changed = parse(rules).apply(labels(before));

    if ("dropped".equals(after)) {
      assertThat(changed).isNull();
    } else {
      assertThat(changed).isEqualTo(labels(after));
    }
  }

  @Test
  void matchesNewlines() throws Exception {
    RelabelRules rules = parse("{'source_labels':['a'],'regex':'x.y','action':'keep'}");

    assertThat(rules.apply(Map.of("a", "x\ny"))).isNotNull();
  }

  @Test
  void leavesItsArgumentAlone() throws Exception {
    LabelSet labels = LabelSet.of("a", "1", "b", "2");

    assertThat(parse("{'regex':'b','action':'labeldrop'}").apply(labels))
        .isEqualTo(LabelSet.of("a", "1"));
    assertThat(labels).isEqualTo(LabelSet.of("a", "1", "b", "2"));
    assertThat(parse("{'regex':'c','action':'labeldrop'}").apply(labels)).isSameAs(labels);
    assertThat(parse("{'source_labels':['a'],'regex':'1','action':'drop'}").apply(labels)).isNull();
  }

  @Test
  void takesNoTimeForHostileExpressions() throws Exception {
    RelabelRules rules = parse("{'source_labels':['a'],'regex':'(a+)+b','action':'keep'}");

    // An engine that backtracks needs 2^2000 steps for this.
    assertThat(rules.apply(Map.of("a", "a".repeat(2000)))).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '`',
      textBlock =
          """
          {'source_labels':['a']}                                          | Rule 1: Action replace needs a target_label
          {'target_label':'a'},{'target_label':'b','action':'hashmod'}     | Rule 2: Action hashmod needs a modulus above 0
          {'target_label':'b','action':'hashmod','modulus':0}              | Rule 1: modulus: '0' (expected: a whole number above 0)
          {'target_label':'b','action':'hashmod','modulus':'x'}            | Rule 1: modulus: 'x' (expected: a whole number above 0)
          {'source_labels':['a'],'action':'keepequal'}                     | Rule 1: Action keepequal needs a target_label
          {'source_labels':['a'],'target_label':'b','regex':'x','action':'keepequal'} | Rule 1: Action keepequal takes source_labels and target_label only
          {'source_labels':['a'],'target_label':'b','separator':'x','action':'dropequal'} | Rule 1: Action dropequal takes source_labels and target_label only
          {'source_labels':['a'],'regex':'b','action':'labeldrop'}         | Rule 1: Action labeldrop takes a regex only
          {'target_label':'a','regex':'b','action':'labelkeep'}            | Rule 1: Action labelkeep takes a regex only
          {'regex':'b','replacement':'','action':'labelmap'}               | Rule 1: Action labelmap needs a replacement
          {'source_labels':['a'],'target_label':'b','replacement':'x','action':'lowercase'} | Rule 1: Action lowercase takes no replacement
          {'source_labels':['a'],'target_label':'b','action':'sort'}       | Rule 1: action: 'sort' (expected: replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase)
          {'source_labels':'a','target_label':'b'}                         | Rule 1: source_labels: 'a' (expected: a list of label names)
          {'source_labels':[''],'target_label':'b'}                        | Rule 1: source_labels: '[""]' (expected: names that are not empty)
          {'sourcelabels':['a'],'target_label':'b'}                        | Rule 1: Unknown key 'sourcelabels' (expected: source_labels, separator, regex, modulus, target_label, replacement, action)
          {'target_label':['b']}                                           | Rule 1: target_label: '["b"]' (expected: a text)
          7                                                                | Rule 1: '7' (expected: keys and values)
          """)
  void saysWhatIsWrong(String rules, String message) {
    assertThatThrownBy(() -> parse(rules))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "(?=x)", "(.)\\\\1", "a{1001}"})
  void refusesWhatIsNoRe2(String regex) {
    assertThatThrownBy(
            () -> parse("{'source_labels':['a'],'action':'keep','regex':'" + regex + "'}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Rule 1: regex: '" + regex.replace("\\\\", "\\") + "' (");
  }

  @Test
  void readsWhatItWrites() throws Exception {
    RelabelRules rules =
        parse(
            "{'source_labels':['a','b'],'separator':'-','regex':'x(.*)','target_label':'c',"
                + "'replacement':'$1!'},{'source_labels':['a'],'target_label':'b','modulus':7,"
                + "'action':'hashmod'},{'regex':'x','action':'labeldrop'}");

    assertThat(RelabelRuleParser.parse(JSON.valueToTree(RelabelRuleParser.format(rules))))
        .isEqualTo(rules);
    assertThat(JSON.writeValueAsString(RelabelRuleParser.format(rules)))
        .isEqualTo(
            "[{'action':'replace','source_labels':['a','b'],'separator':'-','regex':'x(.*)','target_label':'c','replacement':'$1!'},{'action':'hashmod','source_labels':['a'],'modulus':7,'target_label':'b'},{'action':'labeldrop','regex':'x'}]"
                .replace('\'', '"'));
  }

  @Test
  void takesKeysWithoutValuesForMissing() throws Exception {
    assertThat(RelabelRuleParser.parse(JSON.readTree("null"))).isEqualTo(RelabelRules.NONE);
    assertThat(parse("{'source_labels':['a'],'regex':null,'target_label':'b'}"))
        .isEqualTo(parse("{'source_labels':['a'],'target_label':'b'}"));
  }

  private static RelabelRules parse(String rules) throws JsonProcessingException {
    return RelabelRuleParser.parse(JSON.readTree("[" + rules.replace('\'', '"') + "]"));
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new TreeMap<>();
    if (text.equals("nothing")) {
      return labels;
    }

    for (String label : text.split(",", -1)) {
      int equals = label.indexOf('=');
      labels.put(label.substring(0, equals), label.substring(equals + 1).replace("@@", "  "));
    }

    return labels;
  }
}
