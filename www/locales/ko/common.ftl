## Words that every part of the page uses.

app-name = 고무줄
app-tagline = 늘었다 줄었다 하는 구조를 그리고, 돌려 보고, 실제로 운영하세요
language = 언어
close = 닫기
none = 없음

kind-source = 트래픽 소스
kind-balancer = 로드 밸런서
kind-group = Auto Scaling 그룹
kind-dependency = 의존 서비스

## Problems of a design: what is wrong, with which value, how to mend it. The part after `issue-`
## is a code of shared::design::PROBLEM_CODES.

issue-no-source = 요청을 보내는 곳이 없습니다. 트래픽 소스를 추가하세요.
issue-no-target = { $kind }에서 나가는 연결이 없습니다. 요청을 처리할 곳으로 연결하세요.
issue-no-weight = 이 로드 밸런서에서 나가는 연결의 가중치가 모두 0이라 요청을 받는 곳이 없습니다. 하나라도 1 이상으로 설정하세요.
issue-unreached = { $kind }까지 오는 요청이 없습니다. 다른 노드에서 연결하세요.
issue-link-not-allowed = { $from }에서 { $to }(으)로는 요청을 보낼 수 없습니다. 연결을 지우세요.
issue-circle = 연결이 돌고 돌아 요청이 끝나지 않습니다. 연결 하나를 지우세요.
issue-out-of-range = { $field } 값 { $value }은(는) 범위를 벗어났습니다. { $min }~{ $max } 사이로 맞추세요.
issue-sizes-out-of-order = 최소 { $min }, 원하는 용량 { $desired }, 최대 { $max }의 순서가 맞지 않습니다. 최소 ≤ 원하는 용량 ≤ 최대가 되게 하세요.
issue-points-out-of-order = 트래픽의 { $point }번째 점이 앞의 점보다 늦지 않습니다. 시간 순서로 맞추세요.
issue-not-rising = { $field } 값이 점점 커지지 않습니다. 겹치지 않게 순서대로 맞추세요.
issue-unknown-price = 이 설계에는 “{ $item }”의 가격을 쓰는 것이 없습니다. 쓰고 있는 인스턴스 유형이나 alb_hour 같은 항목을 적으세요.
issue-no-effect = 지금의 { $with } 설정에서는 { $field } 설정이 아무 효과가 없습니다. 둘 중 하나를 바꾸세요.
issue-weight-ignored = 이 분산 정책은 가중치를 보지 않아 가중치 { $weight }은(는) 아무 차이가 없습니다. 다른 정책을 고르거나 가중치를 1로 맞추세요.
issue-no-clients = { $field } 설정은 클라이언트를 보고 정하는데 { $source }의 요청에는 클라이언트가 없습니다. 클라이언트 수를 정하세요.
issue-hook-too-long = 작업이 후크의 제한 시간({ $timeout }초)보다 오래 걸려 서버를 대부분 포기하게 됩니다. 작업을 줄이거나 하트비트 제한 시간을 늘리세요.
issue-metric-not-simulated = 시뮬레이션은 { $metric } 지표를 재지 않습니다. 경보가 INSUFFICIENT_DATA에 머뭅니다.
issue-empty-list = { $field } 목록이 비어 있습니다. 하나 이상 추가하세요.
issue-policy = { $field }: { $error }
issue-unknown-instance-type = 인스턴스 유형 “{ $type }”의 가격을 모릅니다. 표에 있는 유형을 고르세요.
issue-overload = 최대 { $peak }이(가) 들어오지만 가장 커져도 { $capacity }까지만 처리합니다. 크기나 속도를 높이지 않으면 요청을 잃습니다.
